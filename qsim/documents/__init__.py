"""Reading and writing text that people write: trees that know where everything stands, and what is wrong."""
