//! `variorum whatif`.

use super::{failure, forget, settings};
use crate::arguments::WhatIfArguments;
use crate::files;
use crate::output::{Failure, Styles, answer, explained, given, json, require_sound, say};
use crate::watch::Terminal;
use variorum::condition::Conditioning;
use variorum::model::scenario;
use variorum::whatif::{WhatIfError, lines, scene, whatif as library};
use variorum::{Loaded, check, checked};

/// Prints the answers with and without scenarios.
pub fn whatif(arguments: &WhatIfArguments, styles: Styles) -> Result<(), Failure> {
    let loaded = files::model(arguments.model.as_deref())?;
    let mut model = checked(&loaded);
    require_sound(&model, styles)?;
    forget(&mut model, &arguments.knowing, &arguments.reading)?;
    let readings = check::programs(&model, &arguments.reading).map_err(Failure::Usage)?;
    let fail = |error: WhatIfError| fail(error, &loaded, styles);
    let mut scenes = Vec::new();
    for scenario in &arguments.scenarios {
        scenes.push(scene(&model, scenario).map_err(fail)?);
    }
    let watch = Terminal::begin()?;
    let settings = settings(&arguments.playing, None, false);
    let conditioning = arguments.given_observed.then(Conditioning::default);
    let played =
        library(&model, &readings, &scenes, &arguments.question, (conditioning.as_ref(), None), &settings, &watch);
    watch.clear();
    let played = played.map_err(fail)?;
    if arguments.json {
        json(&serde_json::to_value(&played).map_err(|error| Failure::Internal(error.to_string()))?)?;
    } else {
        answer(&variorum_report::whatif(&played, styles.out))?;
    }
    watch.end()
}

/// Says what is wrong with a scenario.
pub fn fail(error: WhatIfError, loaded: &Loaded, styles: Styles) -> Failure {
    match error {
        WhatIfError::Unknown(why) => Failure::Usage(why),
        WhatIfError::Run(error) => failure(error),
        WhatIfError::Scenario { scenario, reading, found } => {
            say(&given(&found, loaded, &scenario::text(&lines(&scenario)), styles.err));
            say(&explained(&found));
            let within = if reading.is_empty() { String::new() } else { format!("in the reading {reading}, ") };
            Failure::Usage(format!("{within}`{scenario}` cannot be played"))
        }
    }
}
