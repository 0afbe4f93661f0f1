//! Stories of a question: the orders in which a yes comes about, and one of them with its dates.

use super::markup::Markup;
use super::plot::at;
use super::{plot, table};
use crate::dossier::ReadingStories;
use crate::{sentences, telling};

/// The stories of one question, a folded block for each reading.
pub fn stories(into: &mut Markup, of: &[&ReadingStories]) {
    if let [only] = of {
        let text = format!("In {}, which weighs most of the readings, or is the first where none does.", only.reading);
        into.leaf("p", &[("class", "legend")], &text);
    }
    for (place, told) in of.iter().enumerate() {
        let mut attributes = Vec::new();
        if place == 0 {
            attributes.push(("open", "open"));
        }
        into.element("details", &attributes, |details| {
            details.element("summary", &[], |summary| {
                summary.leaf("b", &[], &told.reading);
                let count = sentences::counted(told.stories.trajectories, "trajectory", "trajectories");
                summary.text(&format!(" {count} with a yes"));
            });
            one(details, told);
        });
    }
}

fn one(into: &mut Markup, told: &ReadingStories) {
    let stories = &told.stories;
    table::table(into, "answers stories", "Orders in which a yes came about", &["Share", "±", "", "Order"], |body| {
        for story in &stories.stories {
            table::row(body, "", |cells| {
                table::text(cells, "value", "", &sentences::whole(story.share));
                table::text(cells, "number faint", "± ", &sentences::points(story.error));
                table::cell(cells, "bar-cell", "", |cell| {
                    plot::ornament(cell, "", 80.0, 12.0, |svg| {
                        svg.empty(
                            "rect",
                            &[("class", "zone"), ("x", "0"), ("y", "2"), ("width", "80"), ("height", "8")],
                        );
                        let width = at(80.0 * story.share.clamp(0.0, 1.0));
                        svg.empty(
                            "rect",
                            &[("class", "weight"), ("x", "0"), ("y", "2"), ("width", &width), ("height", "8")],
                        );
                    });
                });
                table::text(cells, "word", "", &telling::order(stories, story));
            });
        }
    });
    if !stories.milestones.is_empty() {
        let parts: Vec<String> = stories
            .milestones
            .iter()
            .map(|of| {
                let (with, without) = (sentences::whole(of.with_yes), sentences::whole(of.without));
                format!("{} ({with} before a yes, {without} where there was none)", telling::title(of))
            })
            .collect();
        into.leaf(
            "p",
            &[("class", "legend")],
            &format!("How often each came about (what came after a yes is not counted): {}.", parts.join("; ")),
        );
    }
    if let Some(trajectory) = &stories.told {
        into.leaf("p", &[("class", "legend")], "One that goes like the first:");
        into.element("dl", &[("class", "run")], |list| {
            for (date, happenings) in telling::by_date(trajectory) {
                list.leaf("dt", &[], date);
                list.leaf("dd", &[], &happenings.join("; "));
            }
            list.leaf("dt", &[], &trajectory.yes);
            list.element("dd", &[], |line| {
                line.leaf("b", &[], "yes");
                line.text(" ").leaf("small", &[], &format!("(in the run: {})", telling::place(trajectory)));
            });
        });
    }
}
