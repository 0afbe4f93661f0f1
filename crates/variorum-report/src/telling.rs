//! Stories that lead to a yes: the most frequent orders of what happens, and one trajectory as it went.

use crate::Style;
use crate::layout::{WIDTH, wrap};
use crate::sentences;
use variorum::stories::{Milestone, Stories, Story, Trajectory};

/// The stories of a question in one reading, to stand below its name.
#[must_use]
pub fn stories(stories: &Stories, style: Style) -> String {
    let count = sentences::counted(stories.trajectories, "trajectory", "trajectories");
    let mut out = vec![style.faint(&wrap(
        &format!("stories: orders in which a yes came about, among {count} with one"),
        WIDTH,
        "  ",
    ))];
    let indent = " ".repeat(16);
    for story in &stories.stories {
        let text = wrap(&order(stories, story), WIDTH, &indent);
        let share =
            format!("{:>6} {:<7}", sentences::whole(story.share), format!("+-{}", sentences::points(story.error)));
        out.push(format!("  {share}{}", text.trim_start()));
    }
    let sum = stories.stories.iter().fold(0.0, |sum, story| sum + story.share);
    if sum < 0.995 {
        out.push(format!("  {:>6} other orders", sentences::whole(1.0 - sum)));
    }
    if !stories.milestones.is_empty() {
        out.push(style.faint(&wrap("made of: how often each came about before a yes, and without one", WIDTH, "  ")));
        for milestone in &stories.milestones {
            let text = wrap(title(milestone), WIDTH, &indent);
            let often =
                format!("{:>6} {:>6} ", sentences::whole(milestone.with_yes), sentences::whole(milestone.without));
            out.push(format!("  {often}{}", text.trim_start()));
        }
    }
    if let Some(told) = &stories.told {
        out.push(style.faint(&wrap(&format!("one as it went ({})", place(told)), WIDTH, "  ")));
        for (date, happenings) in by_date(told) {
            let indent = " ".repeat(4 + date.chars().count() + 2);
            let text = wrap(&happenings.join("; "), WIDTH, &indent);
            out.push(format!("    {date}  {}", text.trim_start()));
        }
        out.push(format!("    {}  yes", told.yes));
    }
    out.join("\n") + "\n"
}

/// What a milestone is called.
pub fn title(milestone: &Milestone) -> &str {
    if milestone.title.is_empty() { &milestone.name } else { &milestone.title }
}

/// An order in words; that nothing of it has to happen is an order too.
pub fn order(stories: &Stories, story: &Story) -> String {
    let titles: Vec<&str> = story.order.iter().filter_map(|place| stories.milestones.get(*place)).map(title).collect();
    if titles.is_empty() { "none of them first".to_owned() } else { titles.join(", then ") }
}

/// Where a trajectory is found again.
pub fn place(told: &Trajectory) -> String {
    format!("draw {}, half {}, trajectory {}", told.draw, if told.half == 0 { "a" } else { "b" }, told.slot)
}

/// What came about, by date.
pub fn by_date(told: &Trajectory) -> Vec<(&str, Vec<&str>)> {
    let mut dates: Vec<(&str, Vec<&str>)> = Vec::new();
    for step in &told.steps {
        let title = if step.title.is_empty() { step.name.as_str() } else { step.title.as_str() };
        match dates.last_mut() {
            Some((date, list)) if *date == step.date => list.push(title),
            _ => dates.push((&step.date, vec![title])),
        }
    }
    dates
}
