"""GML: lengths, losses and delays with and without units, and what places have to say about them."""

from __future__ import annotations

import gzip

from tests.network.importers.corpus.parts import Map, gml

A = 'node [ id 0 label "A" Latitude 47.38 Longitude 8.54 ]'
B = 'node [ id 1 label "B" Latitude 46.95 Longitude 7.45 ]'
C = 'node [ id 2 label "C" Latitude 47.56 Longitude 7.59 ]'
PLAIN = 'node [ id 0 label "A" ] node [ id 1 label "B" ] node [ id 2 label "C" ]'
DUO = 'node [ id 0 label "A" ] node [ id 1 label "B" ]'


def link(said: str = "", first: int = 0, second: int = 1) -> str:
    """An edge."""
    return f"edge [ source {first} target {second} {said} ]"


MAPS = (
    Map(
        "km_length.gml",
        gml(A, B, link("length 125")),
        "A B",
        (125,),
        ("changed edges[A, B].length",),
    ),
    Map("m_length.gml", gml(A, B, link("length 125000")), "A B", (125,), ("assumed edges[A, B].length",)),
    Map("bare_length.gml", gml(DUO, link("length 125")), "A B", (0.125,), ("assumed edges[A, B].length",)),
    Map(
        "bare_distance.gml", gml(DUO, link("distance 300")), "A B", (0.3,), ("assumed edges[A, B].distance",)
    ),
    Map("bare_dist.gml", gml(DUO, link("dist 3")), "A B", (3,), ("assumed edges[A, B].dist",)),
    Map("dist_in_metres.gml", gml(A, B, link("dist 125000")), "A B", (125,), ("changed edges[A, B].dist",)),
    Map("named_unit.gml", gml(DUO, link("LengthKm 3")), "A B", (3,)),
    Map("own_unit.gml", gml(DUO, link('length "3 km"')), "A B", (3,)),
    Map(
        "most_decide.gml",
        gml(A, B, C, link("length 125"), link("length 87", 2, 0), link("length 40", 1, 2)),
        "A B C",
        (125, 87, 40),
        (
            "changed edges[A, B].length",
            "changed edges[A, C].length",
            "changed edges[B, C].length",
            "changed edges[B, C].length",
        ),
    ),
    Map("too_short.gml", gml(A, B, link('length "5 km"')), "A B", (5,), ("changed edges[A, B].length",)),
    Map("too_long.gml", gml(A, B, link('length "5000 km"')), "A B", (5000,), ("remark edges[A, B].length",)),
    Map("nearly.gml", gml(A, B, link('length "95 km"')), "A B", (95,)),
    Map(
        "comma.gml",
        gml(A, B, link('length "1,5 km"')),
        "A B",
        (95.27,),
        ("dropped edges[A, B].length", "assumed edges[A, B].length"),
    ),
    Map(
        "comma_without_places.gml",
        gml(DUO, link('length "1,5 km"')),
        "A B",
        (10,),
        ("dropped edges[A, B].length", "assumed edges[A, B].length"),
    ),
    Map(
        "negative.gml",
        gml(DUO, link("length -5")),
        "A B",
        (10,),
        ("dropped edges[A, B].length", "assumed edges[A, B].length"),
    ),
    Map(
        "same_place.gml",
        gml(A, B.replace("46.95", "47.38").replace("7.45", "8.54"), link()),
        "A B",
        (0,),
        ("assumed edges[A, B].length", "remark edges[A, B].length"),
    ),
    Map(
        "same_place_mended.gml",
        gml(A, B.replace("46.95", "47.38").replace("7.45", "8.54"), C, link(), link("", 1, 2)),
        "A B C",
        (0.5, 74.158),
        ("assumed edges[A, B].length", "changed edges[A, B].length", "assumed edges[B, C].length"),
        least="500 m",
    ),
    Map("zero_length.gml", gml(DUO, link('length "0 m"')), "A B", (0,), ("remark edges[A, B].length",)),
    Map(
        "attenuation_per_km.gml",
        gml(DUO, link("LengthKm 3 attenuation 0.2")),
        "A B",
        (3,),
        ("changed edges[A, B].attenuation",),
        losses=0.2,
    ),
    Map(
        "attenuation_per_m.gml",
        gml(DUO, link("LengthKm 3 attenuation 0.0002")),
        "A B",
        (3,),
        ("assumed edges[A, B].attenuation",),
        losses=0.2,
    ),
    Map(
        "attenuation_named.gml",
        gml(DUO, link("LengthKm 3 attenuation_db_per_km 0.25")),
        "A B",
        (3,),
        losses=0.25,
    ),
    Map(
        "attenuation_absurd.gml",
        gml(DUO, link('LengthKm 3 attenuation "25 dB/km"')),
        "A B",
        (3,),
        ("remark edges[A, B].attenuation",),
        losses=25,
    ),
    Map(
        "latency_ms.gml",
        gml(DUO, link("LengthKm 100 latency 5")),
        "A B",
        (100,),
        ("changed edges[A, B].latency",),
        delays=(5,),
    ),
    Map(
        "delay_s.gml",
        gml(DUO, link("LengthKm 100 delay 0.001")),
        "A B",
        (100,),
        ("assumed edges[A, B].delay",),
        delays=(1,),
    ),
    Map(
        "delay_us.gml",
        gml(DUO, link("LengthKm 20 delay 110")),
        "A B",
        (20,),
        ("changed edges[A, B].delay",),
        delays=(0.11,),
    ),
    Map(
        "delay_faster_than_light.gml",
        gml(DUO, link("LengthKm 100 delay_us 1")),
        "A B",
        (100,),
        ("remark edges[A, B].delay",),
        delays=(0.001,),
    ),
    Map(
        "delay_slow.gml",
        gml(DUO, link('LengthKm 1 delay "1 s"')),
        "A B",
        (1,),
        ("remark edges[A, B].delay",),
        delays=(1000,),
    ),
    Map(
        "traps.gml",
        gml(
            A,
            B,
            C,
            link("length 125 attenuation 0.2 delay 0.6"),
            link("distance_km 100 attenuation 0.2 latency 5", 1, 2),
        ),
        "A B C",
        (125, 100),
        (
            "changed edges[A, B].length",
            "changed edges[A, B].attenuation",
            "changed edges[B, C].attenuation",
            "changed edges[A, B].delay",
            "changed edges[B, C].latency",
        ),
        delays=(0.6, 5),
        losses=0.2,
    ),
    Map(
        "canvas.gml",
        gml(
            'node [ id 0 label "A" graphics [ x 100 y 200 ] ]',
            'node [ id 1 label "B" graphics [ x 1 y 2 ] ]',
            link('length "2 km"'),
        ),
        "A B",
        (2,),
        ("harmless nodes[*].graphics",),
        nowhere=True,
    ),
    Map(
        "groups.gml",
        gml(
            'node [ id 0 label "A" gid 2 ]',
            'node [ id 1 label "B" ]',
            'node [ id 2 label "G" isGroup 1 ]',
            link("LengthKm 2"),
            link("LengthKm 2", 2, 1),
        ),
        "A B",
        (2,),
        ("harmless nodes[2]", "dropped edges[2, 1]", "harmless nodes[*].gid"),
    ),
    Map(
        "half_a_place.gml",
        gml('node [ id 0 label "A" Latitude 4.5 ]', 'node [ id 1 label "B" ]', link("LengthKm 2")),
        "A B",
        (2,),
        ("dropped nodes[A].Latitude",),
        nowhere=True,
    ),
    Map(
        "half_a_position.gml",
        gml('node [ id 0 label "A" x 4.5 ]', 'node [ id 1 label "B" ]', link("LengthKm 2")),
        "A B",
        (2,),
        ("dropped nodes[A].x",),
        nowhere=True,
    ),
    Map(
        "swapped.gml",
        gml(
            'node [ id 0 label "A" Latitude 151.2 Longitude -33.8 ]',
            'node [ id 1 label "B" ]',
            link("LengthKm 2"),
        ),
        "A B",
        (2,),
        ("dropped nodes[A].coordinates",),
        nowhere=True,
    ),
    Map(
        "one_placeless.gml",
        gml(A, 'node [ id 1 label "B" ]', link("LengthKm 2")),
        "A B",
        (2,),
        ("harmless nodes[B]",),
    ),
    Map(
        "graph_within.gml",
        gml('node [ id 0 label "A" graph [ node [ id 7 ] ] ]', 'node [ id 1 label "B" ]', link("LengthKm 2")),
        "A B",
        (2,),
        ("dropped nodes[A].graph",),
    ),
    Map(
        "parallel.gml",
        gml(DUO, link("LengthKm 4"), link("LengthKm 3")),
        "A B",
        (3,),
        ("dropped edges[A, B]",),
    ),
    Map(
        "latin.gml",
        gml('node [ id 0 label "Zürich" ] node [ id 1 label "B" ]', link("LengthKm 2")).encode("latin-1"),
        "Zürich B",
        (2,),
        ("assumed byte",),
    ),
    Map("packed.gml.gz", gzip.compress(gml(DUO, link("LengthKm 2")).encode()), "A B", (2,)),
    Map("unknown_end.gml", gml(DUO, link("LengthKm 2", 0, 9)), refused="undefined target 9"),
)
