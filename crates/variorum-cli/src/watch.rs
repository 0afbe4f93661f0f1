//! Progress on a terminal, and Ctrl-C.

use crate::output::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use variorum::run::Watch;

static STOP: AtomicBool = AtomicBool::new(false);

/// Watches a run from the terminal.
pub struct Terminal {
    bar: ProgressBar,
}

impl Terminal {
    /// Begins to listen for Ctrl-C. A second Ctrl-C ends the program at once.
    pub fn begin() -> Result<Terminal, Failure> {
        let listen = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        listen.map_err(|error| Failure::Internal(format!("Ctrl-C cannot be caught: {error}")))?;
        // Drawn on standard error, and only on a terminal.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg:12} {bar:40} {percent:>3}% {eta}") {
            bar.set_style(style);
        }
        Ok(Terminal { bar })
    }

    /// Ends the display; an error if it was interrupted.
    pub fn end(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        if STOP.load(Ordering::Relaxed) { Err(Failure::Interrupted) } else { Ok(()) }
    }

    /// Takes the display away so that an answer can be printed.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Terminal {
    fn stop(&self) -> &AtomicBool {
        &STOP
    }
    fn progress(&self, reading: &str, done: u64, of: u64) {
        if self.bar.message() != reading {
            self.bar.set_message(reading.to_owned());
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
    }
}
