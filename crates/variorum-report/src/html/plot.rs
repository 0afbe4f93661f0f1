//! What plots share: axes, coordinates, lines with few points.

use super::markup::{Attribute, Markup};

/// A coordinate with one decimal at most.
pub fn at(x: f64) -> String {
    let text = format!("{x:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// The smaller of two numbers.
pub fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The larger of two numbers.
pub fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// A linear axis: `low..high` in the units of what is shown, over `width` units of the drawing from `left`.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Left or lower end.
    pub low: f64,
    /// Right or upper end.
    pub high: f64,
    /// Where the axis begins in the drawing.
    pub left: f64,
    /// Its length in the drawing; negative to go upwards.
    pub width: f64,
}

impl Axis {
    /// A place in the drawing; what lies beyond the ends is put at them.
    pub fn place(&self, x: f64) -> f64 {
        let share = if self.high > self.low { (x - self.low) / (self.high - self.low) } else { 0.5 };
        self.left + self.width * if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }

    /// Round numbers on the axis, about `wanted` of them.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        let span = self.high - self.low;
        if !span.is_finite() || span <= 0.0 || wanted == 0 {
            return Vec::new();
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let rough = span / wanted as f64;
        let mut unit = 1.0;
        while unit > rough {
            unit /= 10.0;
        }
        while unit * 10.0 <= rough {
            unit *= 10.0;
        }
        let step = [1.0, 2.0, 5.0].iter().map(|size| size * unit).find(|step| *step >= rough).unwrap_or(10.0 * unit);
        let first = (self.low / step).ceil();
        let mut ticks = Vec::new();
        for count in 0..64 {
            let tick = (first + f64::from(count)) * step;
            if tick > self.high + span * 1e-9 {
                break;
            }
            ticks.push(tick);
        }
        ticks
    }
}

/// The upper end of an axis of probabilities that begins at 0: the least of these that holds them all.
pub fn percent_axis(largest: f64) -> f64 {
    let ends = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
    ends.into_iter().find(|end| largest <= *end).unwrap_or(1.0)
}

/// A tick of an axis of probabilities.
pub fn percent_tick(x: f64) -> String {
    format!("{}%", at(100.0 * x))
}

/// Fewer points that leave no point of the line further away than `tolerance` (Douglas and Peucker 1973).
pub fn thinned(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let mut keep = vec![false; points.len()];
    let mut open = Vec::new();
    if let Some(last) = points.len().checked_sub(1) {
        open.push((0, last));
        [0, last].into_iter().for_each(|end| {
            if let Some(slot) = keep.get_mut(end) {
                *slot = true;
            }
        });
    }
    while let Some((from, to)) = open.pop() {
        let (Some(a), Some(b)) = (points.get(from), points.get(to)) else { continue };
        let mut furthest = (tolerance, None);
        for (place, point) in points.iter().enumerate().take(to).skip(from + 1) {
            let distance = distance(*point, *a, *b);
            if distance > furthest.0 {
                furthest = (distance, Some(place));
            }
        }
        if let (_, Some(place)) = furthest {
            if let Some(slot) = keep.get_mut(place) {
                *slot = true;
            }
            open.push((from, place));
            open.push((place, to));
        }
    }
    points.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(point, _)| *point).collect()
}

/// The distance of a point from a line's piece, measured upwards: the lines here are functions.
fn distance((x, y): (f64, f64), (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    let on = if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y0 };
    (y - on).abs()
}

/// A path through points.
pub fn path(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let letter = match place {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        text.push_str(&format!("{letter}{} {}", at(*x), at(*y)));
    }
    text
}

/// A straight line with a class.
pub fn line(into: &mut Markup, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
    let d = format!("M{} {}L{} {}", at(x1), at(y1), at(x2), at(y2));
    into.empty("path", &[("class", class), ("d", &d)]);
}

/// A label with a class; the anchor is `start`, `middle` or `end`.
pub fn label(into: &mut Markup, class: &str, x: f64, y: f64, anchor: &'static str, text: &str) {
    let (x, y) = (at(x), at(y));
    let mut attributes: Vec<Attribute<'_>> = vec![("class", class), ("x", &x), ("y", &y)];
    if anchor != "start" {
        attributes.push(("text-anchor", anchor));
    }
    into.leaf("text", &attributes, text);
}

/// A drawing with a title that says what it shows.
pub fn drawing(into: &mut Markup, width: f64, height: f64, title: &str, inside: impl FnOnce(&mut Markup)) {
    let view = format!("0 0 {} {}", at(width), at(height));
    into.element("svg", &[("viewBox", &view), ("role", "img")], |svg| {
        svg.leaf("title", &[], title);
        inside(svg);
    });
}

/// A drawing that says nothing that the text beside it does not say.
pub fn ornament(into: &mut Markup, class: &str, width: f64, height: f64, inside: impl FnOnce(&mut Markup)) {
    let view = format!("0 0 {} {}", at(width), at(height));
    let mut attributes: Vec<Attribute<'_>> = vec![("viewBox", &view), ("aria-hidden", "true")];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    into.element("svg", &attributes, inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_ticks() {
        let axis = Axis { low: 0.0, high: 1.0, left: 0.0, width: 100.0 };
        assert_eq!(axis.ticks(4).len(), 3, "0, 0.5 and 1");
        let axis = Axis { low: 260.0, high: 14_800.0, ..axis };
        assert_eq!(axis.ticks(4), [5000.0, 10_000.0]);
        assert_eq!((axis.place(-5.0), axis.place(1e9)), (0.0, 100.0));
    }

    #[test]
    fn lines_keep_their_shape_with_few_points() {
        let points: Vec<(f64, f64)> =
            (0..100).map(f64::from).map(|x| (x, if x < 50.0 { 0.0 } else { x - 50.0 })).collect();
        assert_eq!(thinned(&points, 0.3), [(0.0, 0.0), (50.0, 0.0), (99.0, 49.0)]);
        assert!(thinned(&[], 1.0).is_empty());
        assert_eq!(path(&[(0.0, 1.0), (2.04, 3.0)]), "M0 1L2 3");
    }
}
