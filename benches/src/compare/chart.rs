//! [`Chart`]: lines over two axes, as SVG.
//!
//! Drawn by hand: it takes a page, and what a plotting library without fonts does to labels takes longer to mend.

use std::fmt::Write as _;

use crate::scale::{Scale, tick_label};

/// Lines over two axes.
#[derive(Debug)]
pub(crate) struct Chart {
    /// What it shows.
    pub(crate) title: String,
    /// What the horizontal axis counts.
    pub(crate) across: &'static str,
    /// What the vertical axis counts, with its unit.
    pub(crate) up: &'static str,
    /// Whether the horizontal axis is logarithmic.
    pub(crate) logarithmic_across: bool,
    /// Whether the vertical axis is logarithmic.
    pub(crate) logarithmic_up: bool,
    /// The lines.
    pub(crate) lines: Vec<Line>,
}

/// One line of a chart.
#[derive(Debug)]
pub(crate) struct Line {
    /// What it is.
    pub(crate) name: String,
    /// Lines of one colour belong together.
    pub(crate) colour: usize,
    /// Which of the lines of its colour: the first is drawn through, the others are broken.
    pub(crate) kind: usize,
    /// Across and up.
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 88.0;
const RIGHT: f64 = 340.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 58.0;

/// Okabe and Ito's colours, which most people can tell apart.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

impl Chart {
    /// The chart as a document.
    pub(crate) fn to_svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| line.points.iter().copied());
        let across = scale(self.logarithmic_across, points().map(|point| point.0));
        let up = scale(self.logarithmic_up, points().map(|point| point.1));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222\">\n\
             <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
            title = escaped(&self.title)
        );
        text(&mut svg, (LEFT, 28.0), "start", " font-size=\"16\" font-weight=\"bold\"", &self.title);
        frame(&mut svg, across, up);
        let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        text(&mut svg, (middle, HEIGHT - 16.0), "middle", "", self.across);
        let (x, y) = (20.0, TOP + (HEIGHT - TOP - BOTTOM) / 2.0);
        text(&mut svg, (x, y), "middle", &format!(" transform=\"rotate(-90 {x} {y})\""), self.up);
        for (index, line) in self.lines.iter().enumerate() {
            draw(&mut svg, line, across, up);
            legend(&mut svg, line, index);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn scale(logarithmic: bool, numbers: impl Iterator<Item = f64>) -> Scale {
    if logarithmic { Scale::logarithmic(numbers) } else { Scale::linear(numbers) }
}

fn x(place: f64) -> f64 {
    LEFT + place * (WIDTH - LEFT - RIGHT)
}

fn y(place: f64) -> f64 {
    HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM)
}

fn frame(svg: &mut String, across: Scale, up: Scale) {
    let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
    let grid = "stroke=\"#ddd\" stroke-width=\"1\"";
    for tick in across.ticks() {
        let Some(place) = across.place(tick) else { continue };
        let at = x(place);
        let _ = writeln!(svg, "<line x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{bottom}\" {grid}/>");
        text(svg, (at, bottom + 19.0), "middle", "", &tick_label(tick));
    }
    for tick in up.ticks() {
        let Some(place) = up.place(tick) else { continue };
        let at = y(place);
        let _ = writeln!(svg, "<line x1=\"{left}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\" {grid}/>");
        text(svg, (left - 8.0, at + 4.5), "end", "", &tick_label(tick));
    }
    let _ = writeln!(svg, "<path d=\"M{left} {top} V{bottom} H{right}\" fill=\"none\" stroke=\"#222\"/>");
}

fn draw(svg: &mut String, line: &Line, across: Scale, up: Scale) {
    let place = |(right, high): &(f64, f64)| Some((x(across.place(*right)?), y(up.place(*high)?)));
    let places: Vec<_> = line.points.iter().filter_map(place).collect();
    let path: Vec<_> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(svg, "<polyline points=\"{}\" {}/>", path.join(" "), stroke(line));
    for (x, y) in places {
        dot(svg, line, x, y);
    }
}

fn legend(svg: &mut String, line: &Line, index: usize) {
    let (left, at) = (WIDTH - RIGHT + 22.0, TOP + 10.0 + 24.0 * index as f64);
    let (right, middle) = (left + 34.0, left + 17.0);
    let _ = writeln!(svg, "<polyline points=\"{left},{at} {right},{at}\" {}/>", stroke(line));
    dot(svg, line, middle, at);
    text(svg, (right + 8.0, at + 4.5), "start", "", &line.name);
}

fn colour(line: &Line) -> &'static str {
    COLOURS.get(line.colour % COLOURS.len()).copied().unwrap_or("#222")
}

fn stroke(line: &Line) -> String {
    let dashes = match line.kind {
        0 => "",
        1 => " stroke-dasharray=\"7 4\"",
        _ => " stroke-dasharray=\"2 3\"",
    };
    format!("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dashes}", colour(line))
}

/// A full dot for kuberpult, a hollow one for git.
fn dot(svg: &mut String, line: &Line, x: f64, y: f64) {
    let colour = colour(line);
    let fill = if line.kind > 0 { "#fff" } else { colour };
    let _ = writeln!(
        svg,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, attributes: &str, content: &str) {
    let content = escaped(content);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{attributes}>{content}</text>"
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_its_lines_names_and_axes() {
        let line = Line {
            name: "git & more".to_owned(),
            colour: 0,
            kind: 1,
            points: vec![(100.0, 2.0), (1000.0, 4.0), (10_000.0, 0.0)],
        };
        let chart = Chart {
            title: "A title".to_owned(),
            across: "applications",
            up: "time in ms",
            logarithmic_across: true,
            logarithmic_up: true,
            lines: vec![line],
        };
        let svg = chart.to_svg();
        for part in
            ["A title", "git &amp; more", ">applications<", ">time in ms<", ">10,000<", "stroke-dasharray"]
        {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        // Zero has no place on a logarithmic axis; one dot is in the legend.
        assert_eq!(svg.matches("<circle").count(), 3);
    }
}
