//! Whether those who choose by their utility can move it.

use crate::program::{Effect, Occasion, Program, Rule};
use std::collections::{BTreeMap, BTreeSet};
use variorum_syntax::diagnostic::{Code, Diagnostic, Span};

/// Actors who choose by utility need one, and a precision, and options that can move it. What one statement stands for is
/// told once.
pub fn deciders(program: &Program, at: &dyn Fn(&str) -> Span, diagnostics: &mut Vec<Diagnostic>) {
    let mut wanted = Wanted { program, flows: None, actors: BTreeMap::new() };
    let mut places = BTreeSet::new();
    for (index, choice) in program.choices.iter().enumerate() {
        if choice.rule != Rule::Utility {
            continue;
        }
        let Some(actor) = program.actors.get(choice.actor) else { continue };
        let place = at(&choice.name);
        let name = &actor.name;
        let found = if actor.utility.is_empty() || actor.precision.is_none() {
            let (missing, help) = if actor.utility.is_empty() {
                ("wants nothing", format!("write `utility {name} = …`, or give the options probabilities"))
            } else {
                ("has no precision", format!("write, for instance, `precision {name} = 2 .. 6`"))
            };
            let message = format!("{name} chooses `{}` by its utility, and {missing}", choice.name);
            Diagnostic::new(Code::NoUtility, place, message).label("how is it decided?").help(help)
        } else if !moves(program, index, wanted.by(choice.actor)) {
            let message = format!("no option of `{}` can move the utility of {name}", choice.name);
            Diagnostic::new(Code::IdleUtility, place, message).label("all options are worth the same").help(
                "add an effect on something that the utility reads, or a flow that leads there, or a longer `horizon`",
            )
        } else {
            continue;
        };
        if places.insert((place, found.code)) {
            diagnostics.push(found);
        }
    }
}

/// Whether an option of a choice, or of what it makes others choose, changes one of these quantities.
fn moves(program: &Program, index: usize, wanted: &BTreeSet<usize>) -> bool {
    let touches = |effects: &[Effect]| effects.iter().any(|effect| wanted.contains(&effect.quantity));
    let Some(choice) = program.choices.get(index) else { return false };
    if choice.options.iter().any(|option| touches(&option.effects)) {
        return true;
    }
    let mut together = BTreeSet::from([index]);
    for (later, reply) in program.choices.iter().enumerate().skip(index + 1) {
        // Choices of one moment are foreseen: those with dates, those after one event, and replies.
        let at_once = match (&choice.occasion, &reply.occasion) {
            (Occasion::Steps(_), Occasion::Steps(_)) => true,
            (Occasion::AfterEvent { event }, Occasion::AfterEvent { event: other }) => event == other,
            (_, Occasion::After { choice, .. }) => together.contains(choice),
            _ => false,
        };
        if at_once {
            if reply.options.iter().any(|option| touches(&option.effects)) {
                return true;
            }
            together.insert(later);
        }
    }
    false
}

/// The quantities that can move the utility of each actor.
struct Wanted<'p> {
    program: &'p Program,
    /// By stock: what the flows into it read. Made when it is first needed.
    flows: Option<BTreeMap<usize, BTreeSet<usize>>>,
    actors: BTreeMap<usize, BTreeSet<usize>>,
}

impl Wanted<'_> {
    fn by(&mut self, index: usize) -> &BTreeSet<usize> {
        let program = self.program;
        let flows = &mut self.flows;
        self.actors.entry(index).or_insert_with(|| {
            let Some(actor) = program.actors.get(index) else { return BTreeSet::new() };
            let mut wanted = BTreeSet::new();
            for term in &actor.utility {
                term.value.quantities(program, &mut wanted);
            }
            if actor.horizon > 0.0 {
                let flows = flows.get_or_insert_with(|| flows_of(program));
                let mut open: Vec<usize> = wanted.iter().copied().collect();
                while let Some(stock) = open.pop() {
                    for read in flows.get(&stock).into_iter().flatten() {
                        if wanted.insert(*read) {
                            open.push(*read);
                        }
                    }
                }
            }
            wanted
        })
    }
}

fn flows_of(program: &Program) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut flows = BTreeMap::<usize, BTreeSet<usize>>::new();
    for flow in &program.flows {
        flow.rate.quantities(program, flows.entry(flow.stock).or_default());
    }
    flows
}
