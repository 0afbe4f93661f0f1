//! `variorum watch`.

use super::{failure, forget, settings};
use crate::arguments::WatchArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, json, require_sound};
use crate::watch::Terminal;
use variorum::condition::Conditioning;
use variorum::watch::{Lookout, watch as library};
use variorum::{check, checked};

/// Prints what to look out for, the most telling first.
pub fn watch(arguments: &WatchArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    forget(&mut model, &arguments.knowing, &arguments.reading)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let terminal = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let lookout = Lookout { months: arguments.within, question: arguments.question.clone() };
    let list = library(&model, &readings, &lookout, &settings, &Conditioning::default(), &terminal);
    terminal.clear();
    let list = list.map_err(failure)?;
    if arguments.json {
        json(&serde_json::to_value(&list).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else {
        answer(&variorum_report::watch_list(&list, styles.out))?;
    }
    terminal.end()
}
