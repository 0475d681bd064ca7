//! From names to a graph, or to everything that is wrong with them.

use std::collections::HashMap;

use super::{Name, Node, Replacement, RevisionGraph, cycle, order};

/// One revision as its file states it, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSpec<'a> {
    /// Its id.
    pub id: &'a str,
    /// The ids it builds on.
    pub parents: Vec<&'a str>,
    /// The ids or labels that must run before.
    pub depends_on: Vec<&'a str>,
    /// The labels it carries.
    pub labels: Vec<&'a str>,
    /// The ids that it replaces.
    pub replaces: Vec<&'a str>,
    /// How many of those, counted from the last, say that a database has all of them.
    pub n_ends: usize,
}

/// Something that keeps a list of revisions from being a history. Revisions are indices of the list, `nth` counts within
/// the field concerned, both from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Two revisions have one id. A third one is reported with the first as well.
    DuplicateId {
        /// The earlier revision.
        first: usize,
        /// The later one.
        second: usize,
    },
    /// A parent does not exist.
    MissingParent {
        /// The revision.
        node: usize,
        /// Which of its parents.
        nth: usize,
    },
    /// A parent is listed before.
    DuplicateParent {
        /// The revision.
        node: usize,
        /// Which of its parents.
        nth: usize,
    },
    /// A revision is its own parent.
    SelfParent {
        /// The revision.
        node: usize,
        /// Which of its parents.
        nth: usize,
    },
    /// A dependency is neither an id nor a label.
    UnknownDependency {
        /// The revision.
        node: usize,
        /// Which of its dependencies.
        nth: usize,
    },
    /// A revision depends on itself, by its id or by one of its labels.
    SelfDependency {
        /// The revision.
        node: usize,
        /// Which of its dependencies.
        nth: usize,
    },
    /// A label is taken: another revision has it as its label or id, or this one as its id or an earlier label.
    LabelClash {
        /// The revision.
        node: usize,
        /// Which of its labels.
        nth: usize,
        /// The revision that has the name already, which may be the same.
        with: usize,
    },
    /// An id that is replaced is there as well, or is replaced before.
    ReplacedTwice {
        /// The revision that replaces it.
        node: usize,
        /// Which of those that it replaces.
        nth: usize,
        /// The revision with that id, or the one that replaces it as well, which may be the same.
        with: usize,
    },
    /// Revisions need each other in a circle, over parents, dependencies or both. There is one per knot of circles.
    Cycle {
        /// Each needs the next, the last needs the first; the earliest in load order comes first.
        path: Vec<usize>,
    },
}

impl RevisionGraph {
    /// Builds the graph of a list of revisions, in time linear in revisions and edges.
    ///
    /// Whether names are well formed is not checked here.
    ///
    /// # Errors
    ///
    /// All defects of the list: those of names, then those of edges, both in load order, then the cycles.
    pub fn build(specs: &[NodeSpec<'_>]) -> Result<Self, Vec<Defect>> {
        let mut defects = Vec::new();
        let names = Names::collect(specs, &mut defects);
        let replaced = names.replaced(specs, &mut defects);
        let mut named_by = vec![usize::MAX; specs.len()];
        let mut node = |(at, spec)| names.node(at, spec, &mut named_by, &mut defects);
        let mut nodes: Vec<Node> = specs.iter().enumerate().map(&mut node).collect();
        connect(&mut nodes);
        let order = order::topological(&nodes);
        if order.len() < nodes.len() {
            defects.extend(cycle::cycles(&nodes).into_iter().map(|path| Defect::Cycle { path }));
        }
        if defects.is_empty() { Ok(Self::assemble(nodes, order, replaced)) } else { Err(defects) }
    }

    fn assemble(nodes: Vec<Node>, order: Vec<usize>, replaced: Vec<Replacement>) -> Self {
        let all = |which: fn(&Node) -> bool| (0..nodes.len()).filter(|&at| which(&nodes[at])).collect();
        let heads = all(|node| node.children.is_empty());
        let real_heads = all(|node| node.needed_by.is_empty());
        let bases = all(|node| node.parents.is_empty());
        let names = nodes.iter().enumerate().flat_map(|(at, node)| {
            let labels = (0..node.labels.len()).map(move |label| Name { node: at, label: Some(label) });
            std::iter::once(Name { node: at, label: None }).chain(labels)
        });
        let names = names.collect();
        let mut rank = vec![0; nodes.len()];
        for (place, &node) in order.iter().enumerate() {
            rank[node] = place;
        }
        let mut graph = Self { nodes, names, order, rank, replaced, heads, real_heads, bases };
        let mut names = std::mem::take(&mut graph.names);
        names.sort_by(|a, b| graph.text(*a).cmp(graph.text(*b)));
        graph.names = names;
        graph
    }
}

/// Who has which name; the first one wins.
struct Names<'a> {
    ids: HashMap<&'a str, usize>,
    labels: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    fn collect(specs: &[NodeSpec<'a>], defects: &mut Vec<Defect>) -> Self {
        let mut names = Self { ids: HashMap::with_capacity(specs.len()), labels: HashMap::new() };
        for (second, spec) in specs.iter().enumerate() {
            let first = *names.ids.entry(spec.id).or_insert(second);
            if first != second {
                defects.push(Defect::DuplicateId { first, second });
            }
        }
        for (node, spec) in specs.iter().enumerate() {
            for (nth, &label) in spec.labels.iter().enumerate() {
                match names.any(label) {
                    Some(with) => defects.push(Defect::LabelClash { node, nth, with }),
                    None => _ = names.labels.insert(label, node),
                }
            }
        }
        names
    }

    /// What is replaced by what, sorted.
    fn replaced(&self, specs: &[NodeSpec<'a>], defects: &mut Vec<Defect>) -> Vec<Replacement> {
        let mut by: HashMap<&str, usize> = HashMap::new();
        let mut replaced = Vec::new();
        for (node, spec) in specs.iter().enumerate() {
            for (nth, &id) in spec.replaces.iter().enumerate() {
                let before = self.ids.get(id).copied().or_else(|| by.insert(id, node));
                match before {
                    Some(with) => defects.push(Defect::ReplacedTwice { node, nth, with }),
                    None => {
                        let is_end = nth + spec.n_ends >= spec.replaces.len();
                        replaced.push(Replacement { id: id.into(), by: node, is_end });
                    }
                }
            }
        }
        replaced.sort_by(|a, b| a.id.cmp(&b.id));
        replaced
    }

    fn any(&self, name: &str) -> Option<usize> {
        self.ids.get(name).or_else(|| self.labels.get(name)).copied()
    }

    /// A revision with its own edges, as far as they make sense. `named_by` remembers for each revision who named it
    /// last, so that finding what is named twice stays linear for a merge of very many.
    fn node(
        &self,
        node: usize,
        spec: &NodeSpec<'a>,
        named_by: &mut [usize],
        defects: &mut Vec<Defect>,
    ) -> Node {
        let mut parents = Vec::with_capacity(spec.parents.len());
        for (nth, &parent) in spec.parents.iter().enumerate() {
            match self.ids.get(parent) {
                _ if parent == spec.id => defects.push(Defect::SelfParent { node, nth }),
                None => defects.push(Defect::MissingParent { node, nth }),
                Some(&parent) if named_by[parent] == node => {
                    defects.push(Defect::DuplicateParent { node, nth });
                }
                Some(&parent) => {
                    named_by[parent] = node;
                    parents.push(parent);
                }
            }
        }
        let mut dependencies = Vec::with_capacity(spec.depends_on.len());
        for (nth, &dependency) in spec.depends_on.iter().enumerate() {
            match self.any(dependency) {
                None => defects.push(Defect::UnknownDependency { node, nth }),
                Some(found) if found == node || dependency == spec.id => {
                    defects.push(Defect::SelfDependency { node, nth });
                }
                Some(found) => dependencies.push(found),
            }
        }
        let mut needs = parents.clone();
        for &dependency in &dependencies {
            if std::mem::replace(&mut named_by[dependency], node) != node {
                needs.push(dependency);
            }
        }
        let labels = spec.labels.iter().map(|&label| label.into()).collect();
        Node { id: spec.id.into(), labels, parents, dependencies, needs, ..Node::default() }
    }
}

/// Fills in the edges that lead forward.
fn connect(nodes: &mut [Node]) {
    for node in 0..nodes.len() {
        for nth in 0..nodes[node].parents.len() {
            let parent = nodes[node].parents[nth];
            nodes[parent].children.push(node);
        }
        for nth in 0..nodes[node].needs.len() {
            let need = nodes[node].needs[nth];
            nodes[need].needed_by.push(node);
        }
    }
}
