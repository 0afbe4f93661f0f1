//! `variorum completions` and `variorum man`: what shells and manuals know of the command line.

use crate::arguments::{Arguments, CompletionsArguments, ManArguments};
use crate::output::{Failure, answer};
use clap::CommandFactory;

/// How users call the program.
const NAME: &str = "variorum";

/// Prints the completions for a shell.
pub fn completions(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), NAME, &mut script);
    answer(&String::from_utf8_lossy(&script))
}

/// Prints the manual page, or writes a page for each command into a folder.
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let Some(folder) = &arguments.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
        return answer(&String::from_utf8_lossy(&page));
    };
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder))
        .map_err(|error| Failure::Files(format!("{} cannot be written: {error}", folder.display())))
}
