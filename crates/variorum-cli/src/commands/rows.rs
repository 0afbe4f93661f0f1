//! `variorum rows`.

use super::settings;
use crate::arguments::RowsArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, require_sound};
use crate::watch::Terminal;
use toml_edit::{DocumentMut, InlineTable, Item, Value};
use variorum::rows::{Kind, failure, measure, parse};
use variorum::{checked, shipped};

/// The file beside a model that lists its mechanisms.
const FILE: &str = "claims.toml";

/// Measures the mechanisms of a model; an error if one does not work.
pub fn rows(arguments: &RowsArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let model = checked(&loaded);
    require_sound(&model, styles)?;
    let path = arguments.model.as_deref().map(|model| files::place(model).0.join(FILE));
    let text = match &path {
        Some(path) => {
            files::read(path).map_err(|why| Failure::Files(format!("{} cannot be read: {why}", path.display())))?
        }
        None => shipped::files().remove(FILE).ok_or_else(|| Failure::Internal(format!("{FILE} is not embedded")))?,
    };
    let rows = parse(&text).map_err(|why| Failure::Files(format!("{FILE}: {why}")))?;
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let mut measured = Vec::new();
    let mut places = Vec::new();
    for (place, clause) in rows.clause.into_iter().enumerate() {
        let effect = match clause.kind {
            Kind::Mechanism | Kind::Small => measure(&model, &clause, &settings, &watch),
            _ => continue,
        };
        places.push(place);
        measured.push((clause, effect));
    }
    watch.clear();
    answer(&variorum_report::rows(&measured, styles.out))?;
    if let (true, Some(path)) = (arguments.write, &path) {
        let mut document = text.parse::<DocumentMut>().map_err(|error| Failure::Files(format!("{FILE}: {error}")))?;
        if let Some(clauses) = document.get_mut("clause").and_then(Item::as_array_of_tables_mut) {
            for (place, table) in clauses.iter_mut().enumerate() {
                let found = places.iter().position(|other| *other == place).and_then(|index| measured.get(index));
                if let Some((_, Ok(effect))) = found {
                    let mut values = InlineTable::new();
                    for (key, number) in
                        [("with", effect.with_it), ("without", effect.without_it), ("error", effect.error)]
                    {
                        values.insert(key, rounded(number).into());
                    }
                    table.insert("measured", Item::Value(Value::InlineTable(values)));
                }
            }
        }
        files::write_whole(path, document.to_string().as_bytes())?;
    }
    watch.end()?;
    let failed = measured.iter().filter(|(clause, effect)| match effect {
        Ok(effect) => failure(clause, effect).is_some(),
        Err(_) => true,
    });
    match failed.count() {
        0 => Ok(()),
        failed => Err(Failure::Model(format!("{failed} of {} clauses do not work", measured.len()))),
    }
}

/// To six significant digits: more would change with every small change of the model.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}
