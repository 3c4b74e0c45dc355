"""Network management: routing, time cards, reservation."""
