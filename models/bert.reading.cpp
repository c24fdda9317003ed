// BERT's graph that reads texts and learns nothing.
#include "models/bert.h"

namespace tessera {

std::vector<Parameter> build_bert_encoding(Graph& graph, const Bert& bert, const ReadingUse& use) {
  Scope scope(graph, "bert");
  Parameters p(graph);
  BlockContext context;
  context.mask.lengths = graph.add_input("lengths", {DType::i32, {use.rows}}, PortKind::data);
  graph.add_output("hidden", bert_encoder(p, bert, context, use.rows, use.length));
  return p.list();
}

}  // namespace tessera
