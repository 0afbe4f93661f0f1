//! Who chooses, wants and looks ahead.

use super::Statements;
use super::bounds::Noted;
use super::numbers::{Range, fold};
use super::scope::{Place, Reads, Scope};
use crate::collect::{EntityKind, Shared};
use crate::entities::{Bindings, Entities, EntityId};
use crate::program::{Actor, Expr, UtilityTerm};
use crate::units::{Dimension, Unit};
use variorum_syntax::ast::{self, StatementKind};
use variorum_syntax::diagnostic::{Code, Diagnostic};

/// The actors in the order of a program, that of their names.
pub struct Roster {
    names: Vec<String>,
    /// By entity: its place among the actors.
    places: Vec<Option<usize>>,
}

impl Roster {
    /// The actors of a model.
    pub fn new(shared: &Shared<'_>) -> Roster {
        let mut roster = Roster { names: Vec::new(), places: vec![None; shared.entity_names.len()] };
        for (name, entity) in shared.entities.iter().filter(|(_, entity)| entity.kind == EntityKind::Actor) {
            if let Some(place) = roster.places.get_mut(entity.id.index()) {
                *place = Some(roster.names.len());
            }
            roster.names.push(name.clone());
        }
        roster
    }

    fn place(&self, id: EntityId) -> Option<usize> {
        self.places.get(id.index()).copied().flatten()
    }

    /// The actor that a statement names, by its index.
    pub fn actor(&self, scope: &mut Scope<'_, '_>, name: &ast::Name, bindings: &Bindings) -> Option<usize> {
        match scope.shared.actor(name, bindings) {
            Ok(id) => self.place(id),
            Err(diagnostic) => {
                scope.diagnostics.push(diagnostic);
                None
            }
        }
    }
}

/// All actors, whether or not a statement speaks of them.
pub fn actors(scope: &mut Scope<'_, '_>, all: &Statements<'_, '_>, roster: &Roster) -> Vec<Actor> {
    let fresh = |name: &String| Actor {
        name: name.clone(),
        precision: None,
        foresight: None,
        horizon: 1.0,
        patience: Expr::Number(1.0),
        utility: Vec::new(),
    };
    let mut list: Vec<Actor> = roster.names.iter().map(fresh).collect();
    all.each(scope, |scope, item| {
        let mut place = Place::new(&item.path, &item.bindings, Reads::Parameters);
        // The paths of settings end in the actor.
        let whose = match item.entities {
            Entities::One(id) => roster.place(id),
            _ => None,
        };
        match &item.statement.kind {
            StatementKind::Utility(utility) => {
                let (Some(name), Some(value)) = (&utility.actor, &utility.value) else { return };
                let index = roster.actor(scope, name, &item.bindings);
                (place.reads, place.in_utility) = (Reads::State, true);
                let value = scope.of_dimension(value, &Dimension::none(), "a utility", &mut place);
                if let (Some(actor), Some(value)) = (index.and_then(|index| list.get_mut(index)), value) {
                    actor.utility.push(UtilityTerm { path: item.path.clone(), value });
                }
            }
            StatementKind::Precision(setting) => {
                let value = factor(scope, setting, "a precision", &mut place);
                if let Some(actor) = whose.and_then(|index| list.get_mut(index)) {
                    actor.precision = value.or(actor.precision.take());
                }
            }
            StatementKind::Patience(setting) => {
                let value = factor(scope, setting, "patience", &mut place);
                if let (Some(made), Some(written)) = (&value, &setting.value) {
                    scope.note(written.span, Noted::Patience(made.clone()));
                }
                if let (Some(actor), Some(value)) = (whose.and_then(|index| list.get_mut(index)), value) {
                    actor.patience = value;
                }
            }
            StatementKind::Horizon(setting) => {
                let months = horizon(scope, setting);
                if let (Some(actor), Some(months)) = (whose.and_then(|index| list.get_mut(index)), months) {
                    actor.horizon = months;
                }
            }
            StatementKind::Foresight(foresight) => {
                if let Some(actor) = whose.and_then(|index| list.get_mut(index)) {
                    actor.foresight = foresight.replies.as_ref().map(|replies| replies.value);
                }
            }
            _ => {}
        }
    });
    list
}

/// A number of at least 0, perhaps uncertain.
fn factor(scope: &mut Scope<'_, '_>, setting: &ast::Setting, what: &str, place: &mut Place<'_>) -> Option<Expr> {
    let written = setting.value.as_ref()?;
    let low = Range { low: Some(0.0), high: None };
    let value = scope.quantity_of(written, &Unit::one(), low, what, place)?;
    if fold(&value).is_some_and(|value| value.is_nan() || value < 0.0) {
        scope.diagnostics.push(
            Diagnostic::new(Code::OutOfBounds, written.span, format!("{what} is at least 0"))
                .help("an actor who avoids something has a negative utility of it"),
        );
    }
    Some(value)
}

/// A time in months.
fn horizon(scope: &mut Scope<'_, '_>, setting: &ast::Setting) -> Option<f64> {
    let value = setting.value.as_ref()?;
    let (months, dimension) = scope.constant(value)?;
    let fits = (dimension == Dimension::base("month") || months == 0.0) && (0.0..=1200.0).contains(&months);
    if !fits {
        scope.diagnostics.push(
            Diagnostic::new(Code::UnitMismatch, value.span, "a horizon is a time of at most 100 years")
                .label(format!("this is {}", dimension.show()))
                .help("write, for instance, `horizon KP = 12 months`"),
        );
    }
    fits.then_some(months)
}
