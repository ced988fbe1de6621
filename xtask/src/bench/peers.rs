//! The programs of `benches/peers`: built, started, and their lines read.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::figures::{Case, Figures, Growth, Shared, Telemetry, median};
use super::{callgrind, of_path, printed};
use crate::workspace::Workspace;

/// Where the programs are.
#[derive(Debug)]
pub(super) struct Programs {
    directory: PathBuf,
}

/// The program as users ship it, and with features of the package.
const VARIANTS: [&str; 4] = ["plain", "quiet", "counted", "tsc"];

impl Programs {
    /// Builds them; with the variants too, where telemetry is to be measured.
    ///
    /// # Errors
    ///
    /// When one does not build.
    pub(super) fn build(workspace: &Workspace, variants: bool) -> Result<Self, String> {
        let target = workspace.target.join("peers");
        let directory = target.join("bench");
        fs::create_dir_all(&directory).map_err(|error| of_path(&directory, &error))?;
        let build = |program: &str, variant: &str| {
            let mut cargo = workspace.cargo();
            cargo.env("CARGO_TARGET_DIR", &target).args(["build", "--release", "--bin", program]);
            cargo.args(["--manifest-path", "benches/peers/Cargo.toml"]);
            if variant != VARIANTS[0] {
                cargo.args(["--features", variant]);
            }
            if !cargo.status().is_ok_and(|status| status.success()) {
                return Err(format!("{cargo:?} failed"));
            }
            let [from, to] = [target.join("release").join(program), directory.join(name(program, variant))];
            fs::copy(&from, &to).map(drop).map_err(|error| of_path(&from, &error))
        };
        build("heap", VARIANTS[0])?;
        for variant in &VARIANTS[..if variants { VARIANTS.len() } else { 1 }] {
            build("peers", variant)?;
        }
        Ok(Self { directory })
    }

    /// The cases, with the sizes of their futures.
    pub(super) fn cases(&self) -> Result<Figures, String> {
        Ok(Figures { cases: self.list(VARIANTS[0])?, ..Figures::default() })
    }

    fn list(&self, variant: &str) -> Result<Vec<Case>, String> {
        let lines = self.lines("peers", variant, &["list"])?;
        let cases = lines.of("size", 2)?.into_iter().map(|line| {
            let [row, who] = names(line.names)?;
            Ok(Case { row, who, size: line.numbers[0], ..Case::default() })
        });
        cases.collect()
    }

    /// Counts instructions and readings of the clock.
    pub(super) fn count(&self, figures: &mut Figures) -> Result<(), String> {
        self.count_variant(VARIANTS[0], &mut figures.cases)
    }

    fn count_variant(&self, variant: &str, cases: &mut [Case]) -> Result<(), String> {
        let program = self.directory.join(name("peers", variant));
        callgrind::count(&program, &self.directory.join("callgrind"), cases)
    }

    /// Counts allocations, and what is kept.
    pub(super) fn allocate(&self, figures: &mut Figures) -> Result<(), String> {
        let lines = self.lines("heap", VARIANTS[0], &[])?;
        for line in lines.of("allocations", 2)? {
            of_line(&mut figures.cases, &line)?.allocations = Some(line.numbers[0]);
        }
        let kept = lines.of("kept", 1)?.into_iter();
        figures.kept = kept.map(|line| (line.names.concat(), line.numbers[0])).collect();
        Ok(())
    }

    /// Measures the variants: what is left without telemetry, and what metrics add.
    pub(super) fn telemetry(&self, figures: &mut Figures) -> Result<(), String> {
        let [plain, quiet, counted, _] = VARIANTS;
        let mut cases = [self.list(quiet)?, self.list(counted)?];
        self.count_variant(quiet, &mut cases[0])?;
        self.count_variant(counted, &mut cases[1])?;
        // By turns, so that the machine's mood reaches all three.
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..5 {
            for (times, variant) in times.iter_mut().zip([plain, quiet, counted]) {
                times.push(self.lines("peers", variant, &["time", "200"])?);
            }
        }
        let [plain, quiet, counted] = &times;
        collect_times(&mut cases[0], quiet)?;
        collect_times(&mut cases[1], counted)?;
        let mut before: Vec<Case> = self.list(VARIANTS[0])?;
        collect_times(&mut before, plain)?;
        let [quiet, counted] = cases;
        figures.telemetry = Some(Telemetry { before, quiet, counted });
        Ok(())
    }

    /// Measures the variant with another clock, of one thread.
    pub(super) fn counter(&self, figures: &mut Figures) -> Result<(), String> {
        let [.., tsc] = VARIANTS;
        let mut cases = self.list(tsc)?;
        self.count_variant(tsc, &mut cases)?;
        let times: Result<Vec<_>, _> = (0..5).map(|_| self.lines("peers", tsc, &["time", "200"])).collect();
        collect_times(&mut cases, &times?)?;
        figures.counter = Some(cases);
        Ok(())
    }

    /// Times of one thread and two.
    pub(super) fn time(
        &self,
        figures: &mut Figures,
        processes: usize,
        turns: usize,
        threads: usize,
    ) -> Result<(), String> {
        let (mut times, mut shared) = (Vec::new(), Vec::new());
        for process in 0..processes {
            crate::say(&format!("      process {} of {processes}", process + 1));
            times.push(self.lines("peers", VARIANTS[0], &["time", &turns.to_string()])?);
            // Fewer, for each goes on until it was undisturbed.
            if process % 2 == 0 {
                shared.push(self.lines("peers", VARIANTS[0], &["threads", &threads.to_string()])?);
            }
        }
        collect_times(&mut figures.cases, &times)?;
        let clocks: Result<Vec<_>, _> = times.iter().map(|lines| lines.of("clock", 0)).collect();
        figures.clock = median(clocks?.iter().flatten().map(|line| line.numbers[0]));
        collect_shared(&mut figures.cases, &shared)
    }

    /// Calls a second, when there is more of everything.
    pub(super) fn grow(&self, figures: &mut Figures, tries: usize) -> Result<(), String> {
        let lines = self.lines("peers", VARIANTS[0], &["grow", &tries.to_string()])?;
        figures.growth = lines
            .of("grow", 2)?
            .into_iter()
            .map(|line| names(line.names).map(|[of, number]| Growth { of, number, rates: line.numbers }))
            .collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Starts a program, and reads what it prints.
    fn lines(&self, program: &str, variant: &str, arguments: &[&str]) -> Result<Lines, String> {
        let path = self.directory.join(name(program, variant));
        Ok(Lines(printed(Command::new(path).args(arguments))?))
    }
}

/// What a program is called once it is built.
fn name(program: &str, variant: &str) -> String {
    format!("{program}-{variant}")
}

fn names(names: Vec<String>) -> Result<[String; 2], String> {
    names.try_into().map_err(|names: Vec<String>| format!("`{}` are not two names", names.join(" ")))
}

/// Takes medians and minima over the processes.
fn collect_times(cases: &mut [Case], processes: &[Lines]) -> Result<(), String> {
    let processes: Result<Vec<_>, _> = processes.iter().map(|lines| lines.of("time", 2)).collect();
    let processes = processes?;
    for case in cases {
        let mut times: Vec<[f64; 6]> = Vec::new();
        for lines in &processes {
            let found = lines.iter().find(|line| line.names == [case.row.as_str(), case.who.as_str()]);
            let line = found.ok_or_else(|| format!("{} {} was not timed", case.row, case.who))?;
            times.push(array(&line.numbers)?);
        }
        let middle = |index: usize| median(times.iter().map(|times| times[index]));
        case.fastest = times.iter().map(|times| times[0]).fold(f64::INFINITY, f64::min);
        case.median = middle(1);
        case.percentiles = [middle(2), middle(3), middle(4), middle(5)];
    }
    Ok(())
}

/// Takes medians over the processes in which two threads were undisturbed, if there is one.
fn collect_shared(cases: &mut [Case], processes: &[Lines]) -> Result<(), String> {
    for case in cases {
        let mut all: Vec<[f64; 6]> = Vec::new();
        for lines in processes {
            let lines = lines.find("threads", 2)?;
            let line = lines.iter().find(|line| line.names == [case.row.as_str(), case.who.as_str()]);
            all.extend(line.map(|line| array(&line.numbers)).transpose()?);
        }
        let middle = |index: usize| median(all.iter().map(|figures| figures[index]));
        let percentiles = [middle(2), middle(3), middle(4), middle(5)];
        case.shared = (!all.is_empty()).then(|| Shared { one: middle(0), two: middle(1), percentiles });
    }
    Ok(())
}

/// The case that a line is about.
fn of_line<'a>(cases: &'a mut [Case], line: &Line) -> Result<&'a mut Case, String> {
    let case = cases.iter_mut().find(|case| line.names == [case.row.as_str(), case.who.as_str()]);
    case.ok_or_else(|| format!("there is no case {}", line.names.join(" ")))
}

fn array<const N: usize>(numbers: &[f64]) -> Result<[f64; N], String> {
    numbers.try_into().map_err(|_| format!("{} figures instead of {N}", numbers.len()))
}

/// Lines of fields, of which the first says what they are, some are names and all after them numbers.
#[derive(Debug)]
struct Lines(String);

impl Lines {
    /// The lines of one kind, with so many names.
    ///
    /// # Errors
    ///
    /// When there is none, and those of [`Self::find`].
    fn of(&self, kind: &str, names: usize) -> Result<Vec<Line>, String> {
        let found = self.find(kind, names)?;
        if found.is_empty() { Err(format!("there is no line of `{kind}`")) } else { Ok(found) }
    }

    /// The same, of which there may be none.
    ///
    /// # Errors
    ///
    /// When a line has no number, or something that is none.
    fn find(&self, kind: &str, names: usize) -> Result<Vec<Line>, String> {
        let lines = self.0.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let mut found = Vec::new();
        for mut line in lines.filter(|line| line[0] == kind) {
            let numbers = line.split_off(line.len().min(names + 1));
            line.remove(0);
            let numbers: Result<Vec<f64>, _> = numbers.iter().map(|number| number.parse()).collect();
            match numbers {
                Ok(numbers) if !numbers.is_empty() => found.push(Line { names: line, numbers }),
                _ => return Err(format!("{kind} {} has no figures", line.join(" "))),
            }
        }
        Ok(found)
    }
}

#[derive(Debug, PartialEq)]
struct Line {
    names: Vec<String>,
    numbers: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_kind() {
        let lines = Lines("size\tB1\tbackon\t96\ntime\tB1\tbackon\t5.0\t6\nclock\t9\n".to_owned());
        let expected = Line { names: vec!["B1".into(), "backon".into()], numbers: vec![5.0, 6.0] };
        assert_eq!(lines.of("time", 2), Ok(vec![expected]));
        assert_eq!(lines.of("clock", 0), Ok(vec![Line { names: vec![], numbers: vec![9.0] }]));
    }

    #[test]
    fn a_line_without_figures_is_refused() {
        assert!(Lines("time\tB1\tbackon\n".to_owned()).of("time", 2).is_err());
        assert!(Lines("time\tB1\tbackon\tfast\n".to_owned()).of("time", 2).is_err());
        assert!(Lines("size\tB1\tbackon\t96\n".to_owned()).of("time", 2).is_err());
    }

    #[test]
    fn times_are_medians_and_the_fastest_is_the_least() {
        let process = |fastest, median| Lines(format!("time\tB1\tbackon\t{fastest}\t{median}\t1\t2\t3\t4\n"));
        let mut cases = [Case { row: "B1".into(), who: "backon".into(), ..Case::default() }];
        collect_times(&mut cases, &[process(5.0, 9.0), process(4.0, 7.0), process(6.0, 8.0)]).unwrap();
        assert!(
            (cases[0].fastest - 4.0).abs() < f64::EPSILON && (cases[0].median - 8.0).abs() < f64::EPSILON
        );
        assert!(collect_times(&mut [Case::default()], &[process(5.0, 9.0)]).is_err());
    }
}
