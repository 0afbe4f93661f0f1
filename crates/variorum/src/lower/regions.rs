//! What few trajectories need is computed for them alone.
//!
//! A considered choice is made only where its uniform is so small that an act is possible at all, and a reply only where
//! its trigger came out so; their game trees are most of what a step computes. Here the values of a segment are
//! divided into those that every trajectory needs and regions that are gathered, computed and scattered. A region may
//! also hand on what a later one, whose condition implies its own, needs as well.

use super::sets::Set;
use super::values::{Class, Node, Value, Values};
use std::collections::{BTreeMap, BTreeSet};
use variorum_engine::op::{Binary, Unary};

/// How much must be inside a region for gathering and scattering to be worth while.
const LEAST_WEIGHT: usize = 30;

/// What tells one region from another: its condition and the choice.
type RegionKey = (Value, usize);

/// Values that are computed for some trajectories.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// Which trajectories.
    pub(crate) condition: Value,
    /// For which choice.
    choice: usize,
    /// Everything that is computed there.
    pub(crate) inside: Set,
    /// What is gathered: what the region computes with and does not compute, numbers apart.
    pub(crate) inputs: Vec<Value>,
    /// What is scattered: the value that the others see, and the one inside.
    pub(crate) outputs: Vec<(Value, Value)>,
}

/// One thing to be computed.
#[derive(Clone, Debug)]
pub(crate) enum Unit {
    /// A value, for all trajectories.
    Value(Value),
    /// A region, by its place.
    Region(usize),
}

/// The values of a segment in the order in which they can be computed.
#[derive(Debug, Default)]
pub(crate) struct Arrangement {
    /// Values that all trajectories need.
    pub(crate) dense: Set,
    pub(crate) regions: Vec<Region>,
    pub(crate) order: Vec<Unit>,
    /// By value that a region hands out: the region.
    from: BTreeMap<Value, usize>,
}

impl Arrangement {
    /// Divides everything that the roots depend on, parameters apart.
    pub(crate) fn new(values: &Values, roots: &[Value]) -> Arrangement {
        let mut division = Division { values, roots: roots.to_vec(), small: BTreeSet::new() };
        loop {
            let Some(mut arrangement) = division.attempt() else { continue };
            match arrangement.arrange(values) {
                Ok(()) => return arrangement,
                Err(region) => {
                    let Region { condition, choice, .. } = arrangement.regions[region];
                    division.small.insert((condition, choice));
                }
            }
        }
    }

    /// Puts everything in order, arguments first. A region that needs what is computed only after it (it takes over from
    /// another one whose condition depends on what it hands out) has no place in any order, and is named.
    fn arrange(&mut self, values: &Values) -> Result<(), usize> {
        let mut done = Set::new(values);
        let mut regions_done = vec![false; self.regions.len()];
        let mut regions_open = vec![false; self.regions.len()];
        let mut order = Vec::new();
        let mut stack: Vec<(Unit, bool)> = self.dense.iter().map(|value| (self.unit(value), false)).collect();
        stack.reverse();
        while let Some((unit, ready)) = stack.pop() {
            let open = match &unit {
                Unit::Value(value) => !done.contains(*value),
                Unit::Region(region) => !regions_done[*region],
            };
            if !open {
                continue;
            }
            if ready {
                match &unit {
                    Unit::Value(value) => drop(done.insert(*value)),
                    Unit::Region(region) => regions_done[*region] = true,
                }
                order.push(unit);
                continue;
            }
            if let Unit::Region(region) = unit
                && std::mem::replace(&mut regions_open[region], true)
            {
                return Err(region);
            }
            stack.push((unit.clone(), true));
            let mut before: Vec<Value> = Vec::new();
            match unit {
                Unit::Value(value) => values.node(value).arguments(|argument| before.push(argument)),
                Unit::Region(region) => {
                    before.push(self.regions[region].condition);
                    before.extend(&self.regions[region].inputs);
                }
            }
            let before =
                before.into_iter().filter(|value| self.dense.contains(*value) || self.from.contains_key(value));
            stack.extend(before.map(|value| (self.unit(value), false)));
        }
        self.order = order;
        Ok(())
    }

    fn unit(&self, value: Value) -> Unit {
        self.from.get(&value).map_or(Unit::Value(value), |region| Unit::Region(*region))
    }
}

impl Region {
    /// Finds what is gathered.
    fn gather(&mut self, values: &Values) {
        let (mut known, mut inputs) = (Set::new(values), Vec::new());
        let mut add = |value: Value| {
            if !self.inside.contains(value) && values.class(value) != Class::Number && known.insert(value) {
                inputs.push(value);
            }
        };
        self.inside.iter().for_each(|value| values.node(value).arguments(&mut add));
        self.outputs.iter().for_each(|(_, value)| add(*value));
        inputs.sort_unstable();
        self.inputs = inputs;
    }

    fn weight(&self, values: &Values) -> usize {
        let weight = |value: Value| match values.node(value) {
            // Some hundred operations, against the few that it takes to find out that nobody needs it.
            Node::Uniform(_) => LEAST_WEIGHT,
            Node::Response(_) => 10,
            Node::Unary(Unary::Exp | Unary::Ln | Unary::Normal | Unary::Chance, _)
            | Node::Binary(Binary::Power | Binary::Divide, _, _) => 4,
            _ => 1,
        };
        self.inside.iter().map(weight).sum()
    }
}

struct Division<'a> {
    values: &'a Values,
    /// What all trajectories need.
    roots: Vec<Value>,
    /// Regions that are not worth while.
    small: BTreeSet<RegionKey>,
}

impl Division<'_> {
    /// Divides the values; where that shows that something must be divided otherwise, notes it and gives nothing.
    fn attempt(&mut self) -> Option<Arrangement> {
        let (mut dense, wanted) = self.dense();
        let mut regions: Vec<(RegionKey, Region)> = Vec::new();
        let mut wanted: Vec<(RegionKey, BTreeSet<Value>)> = wanted.into_iter().collect();
        wanted.sort_by_key(|(_, outputs)| outputs.last().copied());
        let mut again = false;
        for (key, outputs) in wanted {
            let Some((region, takes_over)) = self.region(key, &outputs, &mut dense, &mut regions) else {
                again = true;
                continue;
            };
            // What takes over from another region stays one, however small: all trajectories would otherwise have to
            // compute what it takes over.
            if region.weight(self.values) < LEAST_WEIGHT && !takes_over {
                self.small.insert(key);
                again = true;
                continue;
            }
            regions.push((key, region));
        }
        if again {
            return None;
        }
        let mut regions: Vec<Region> = regions.into_iter().map(|(_, region)| region).collect();
        regions.iter_mut().for_each(|region| region.gather(self.values));
        let handed = |(place, region): (usize, &Region)| -> Vec<(Value, usize)> {
            region.outputs.iter().map(|(value, _)| (*value, place)).collect()
        };
        let from = regions.iter().enumerate().flat_map(handed).collect();
        Some(Arrangement { dense, regions, order: Vec::new(), from })
    }

    /// What all trajectories need, and what regions have to hand out.
    fn dense(&self) -> (Set, BTreeMap<RegionKey, BTreeSet<Value>>) {
        let mut dense = Set::new(self.values);
        let mut wanted: BTreeMap<RegionKey, BTreeSet<Value>> = BTreeMap::new();
        let mut open = self.roots.clone();
        while let Some(value) = open.pop() {
            if self.values.class(value) != Class::State || !dense.insert(value) {
                continue;
            }
            match self.values.node(value) {
                Node::Where(condition, _, choice) if !self.small.contains(&(*condition, *choice)) => {
                    open.push(*condition);
                    wanted.entry((*condition, *choice)).or_default().insert(value);
                }
                node => node.arguments(|argument| open.push(argument)),
            }
        }
        (dense, wanted)
    }

    /// One region: everything that its outputs depend on and that is not there already; and whether it takes over
    /// anything from an earlier one.
    fn region(
        &mut self,
        (condition, choice): RegionKey,
        outputs: &BTreeSet<Value>,
        dense: &mut Set,
        earlier: &mut [(RegionKey, Region)],
    ) -> Option<(Region, bool)> {
        let values = self.values;
        let mut takes_over = false;
        let mut region =
            Region { condition, choice, inside: Set::new(values), inputs: Vec::new(), outputs: Vec::new() };
        let mut open = Vec::new();
        for output in outputs {
            if let Node::Where(_, value, _) = values.node(*output) {
                region.outputs.push((*output, *value));
                open.push(*value);
            }
        }
        let mut implied: Vec<&mut Region> = Vec::new();
        for ((other, _), earlier) in earlier {
            if implies(values, condition, *other) {
                implied.push(earlier);
            }
        }
        while let Some(value) = open.pop() {
            let node = values.node(value);
            let is_there = values.class(value) != Class::State
                || matches!(node, Node::Slot(_))
                || dense.contains(value)
                || region.inside.contains(value);
            if is_there {
                continue;
            }
            let whole = match node {
                // The parts of a response are computed with it.
                Node::Part(response, _) => *response,
                _ => value,
            };
            if dense.contains(whole) {
                dense.insert(value);
                continue;
            }
            if let Some(other) = implied.iter_mut().find(|other| other.inside.contains(whole)) {
                takes_over = true;
                other.inside.insert(value);
                if other.outputs.iter().all(|(handed, _)| *handed != value) {
                    other.outputs.push((value, value));
                }
                continue;
            }
            if let Node::Where(..) = node {
                self.roots.push(value);
                return None;
            }
            region.inside.insert(value);
            node.arguments(|argument| open.push(argument));
        }
        Some((region, takes_over))
    }
}

/// Whether a condition can hold only where another one holds.
fn implies(values: &Values, condition: Value, other: Value) -> bool {
    if condition == other {
        return true;
    }
    match values.node(condition) {
        Node::Binary(Binary::And, a, b) => implies(values, *a, other) || implies(values, *b, other),
        Node::Binary(Binary::AndNot, a, _) => implies(values, *a, other),
        Node::Where(condition, value, _) => implies(values, *condition, other) || implies(values, *value, other),
        _ => false,
    }
}
