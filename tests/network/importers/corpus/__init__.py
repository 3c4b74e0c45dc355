"""Map files of our own making, each with what is to be read of it and what is to be reported."""

from tests.network.importers.corpus import gml_maps, graphml_maps, json_maps
from tests.network.importers.corpus.parts import Map

MAPS: tuple[Map, ...] = (*graphml_maps.MAPS, *gml_maps.MAPS, *json_maps.MAPS)
