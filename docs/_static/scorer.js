// How the search ranks what it finds: pages by their titles and words first, attributes of classes last.
var Scorer = {
  objNameMatch: 6,
  objPartialMatch: 2,
  objPrio: { 0: 4, 1: 0, 2: -6 },
  objPrioDefault: 0,
  title: 20,
  partialTitle: 12,
  term: 8,
  partialTerm: 3,
};
