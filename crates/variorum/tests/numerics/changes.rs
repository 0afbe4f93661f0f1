//! Changes of generated models that must not change what they mean.
//!
//! Random numbers are keyed by names, so what is the same in law is mostly the same to the last bit; each test says
//! which of the two it holds to. The tests of a hand-written model, beside this crate, say the same of one model with
//! statistics; here it is said of hundreds, trajectory by trajectory.

use super::agreement::manner;
use super::generate::repeated::with_words;
use super::generate::{Draft, Manner, Piece, generate};
use super::harness::{Sample, asking_everything, chunks, loaded, program, programs, relative};
use super::random::Dice;
use std::collections::{BTreeMap, BTreeSet};
use variorum::model::program::{Expr, Function, Key, Program, Rule, UtilityTerm};
use variorum::{checked, load};

const MODELS: u64 = 150;

fn sample(seed: u64) -> Sample {
    Sample { seed: seed + 5, draws: 0..3, per_draw: 6 }
}

/// By question: the answers of its trajectories, where they are given, and the sums of halves.
fn answers(program: &Program, seed: u64) -> BTreeMap<String, Vec<f64>> {
    let chunks = chunks(program, &sample(seed), 8, 1).unwrap();
    let chunk = &chunks[0];
    let of = |(index, question): (usize, &variorum::model::program::Question)| {
        let given = chunk.given[index].iter().map(|given| f64::from(u8::from(*given)));
        let sums = (0..6).map(|half| chunk.sum(half / 2, half % 2, index));
        (question.name.clone(), chunk.values[index].iter().copied().chain(given).chain(sums).collect())
    };
    program.questions.iter().enumerate().map(of).collect()
}

/// The same numbers to the last bit.
#[track_caller]
fn same_bits(what: &str, a: &BTreeMap<String, Vec<f64>>, b: &BTreeMap<String, Vec<f64>>) {
    assert_eq!(a.len(), b.len(), "{what}: as many questions");
    for (name, numbers) in a {
        let others = &b[name];
        // Machines differ in the bits of what is no number.
        let same = numbers.iter().zip(others).all(|(x, y)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()));
        assert!(same, "{what}: {name} is {numbers:?} and {others:?}");
    }
}

/// The only program of a draft without readings.
fn base(draft: &Draft) -> Program {
    program(&draft.without_readings().text())
}

#[test]
fn the_order_of_declarations() {
    // Order means something to choices (who plays first), events (whose effects come first), flows and terms of
    // utility (floating-point sums): among themselves those keep theirs. Seen to fail with choices shuffled too.
    let ordered = ["choice", "event", "flow", "utility", "for each"];
    for seed in 0..MODELS {
        let draft = generate(seed, manner(seed)).without_readings();
        let mut dice = Dice::new(seed);
        let mut shuffled = draft.clone();
        dice.shuffle(&mut shuffled.pieces);
        dice.shuffle(&mut shuffled.questions);
        // Several kinds under one `for each` hold all kinds together.
        let is_mixed = draft.pieces.iter().any(|piece| piece.keyword == "for each");
        let classes = if is_mixed { vec![ordered.to_vec()] } else { ordered.iter().map(|kind| vec![*kind]).collect() };
        for class in classes {
            let is_of = |piece: &&Piece| class.contains(&piece.keyword);
            let places = shuffled.pieces.iter().enumerate().filter(|(_, piece)| is_of(piece));
            let places: Vec<usize> = places.map(|(place, _)| place).collect();
            let originals: Vec<Piece> = draft.pieces.iter().filter(is_of).cloned().collect();
            places.into_iter().zip(originals).for_each(|(place, piece)| shuffled.pieces[place] = piece);
        }
        let (a, b) = (base(&draft), base(&shuffled));
        same_bits(&format!("seed {seed}"), &answers(&a, seed), &answers(&b, seed));
    }
}

#[test]
fn names_with_the_keys_held() {
    // The same bits. Events that exclude each other are drawn in the order of their names, and so are parameters that are
    // correlated: these keep theirs, and so do entities, which are part of names. Everything else gets a name from
    // anywhere in the alphabet. Seen to fail with the keys of the new names.
    for seed in 0..MODELS {
        let draft = generate(seed, manner(seed)).without_readings();
        let mut dice = Dice::new(seed);
        let fresh = |(number, name): (usize, &String)| {
            let letter = char::from(b'a' + dice.below(26) as u8);
            let keeps = ["e", "p", "sp", "A", "P"].iter().any(|stem| {
                name.strip_prefix(stem).is_some_and(|rest| rest.bytes().all(|digit| digit.is_ascii_digit()))
            });
            (name.clone(), if keeps { format!("k_{name}") } else { format!("{letter}{number}_") })
        };
        let questions: BTreeSet<&String> = draft.names.all.iter().filter(|name| name.starts_with('q')).collect();
        let kept = draft.names.all.iter().filter(|name| !questions.contains(name));
        let names: BTreeMap<String, String> = kept.enumerate().map(fresh).collect();
        let back: BTreeMap<String, String> = names.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        let original = base(&draft);
        let mut other = program(&with_words(&draft.text(), &names));
        let key = |name: &str| Key::of(&with_words(name, &back));
        other.params.iter_mut().for_each(|param| param.key = key(&param.draw));
        other.choices.iter_mut().for_each(|choice| choice.key = key(&choice.name));
        other.events.iter_mut().for_each(|event| event.key = key(&event.name));
        other.exclusions.iter_mut().for_each(|exclusion| exclusion.key = key(&exclusion.name));
        other.flows.iter_mut().for_each(|flow| flow.key = key(&flow.path));
        let original_keys: BTreeSet<Key> = original.params.iter().map(|param| param.key).collect();
        assert!(other.params.iter().all(|param| original_keys.contains(&param.key)), "seed {seed}: the keys are held");
        same_bits(&format!("seed {seed}"), &answers(&original, seed), &answers(&other, seed));
    }
}

#[test]
fn statements_that_nobody_asks_about() {
    // The same bits: what is there besides draws no numbers from the others.
    for seed in 0..MODELS {
        let draft = generate(seed, manner(seed)).without_readings();
        let idle = "param idle = 1 .. 2 assumed \"idle\"\nflag moved_idly\nstock idle_stock = 0\n\
                    event idle_event hazard 6 per year then moved_idly = yes, idle_stock += 1 assumed \"idle\"\n\
                    flow idle_stock += 1 per month noise normal 3 per month assumed \"idle\"\n";
        let (a, b) = (base(&draft), program(&(draft.text() + idle)));
        same_bits(&format!("seed {seed}"), &answers(&a, seed), &answers(&b, seed));
    }
}

#[test]
fn files() {
    // The same program to the last expression, except that `use` gives the order of the parts.
    for seed in 0..MODELS {
        let draft = generate(seed, manner(seed)).without_readings();
        let mut dice = Dice::new(seed);
        let mut world = BTreeMap::new();
        let root = draft.head.iter().fold(String::new(), |text, part| text + part + "\n");
        let mut rest: Vec<&str> = draft.pieces.iter().map(|piece| piece.text.as_str()).collect();
        rest.extend(draft.questions.iter().map(String::as_str));
        let mut number = 0;
        while !rest.is_empty() {
            let folder = dice.one_of(&["", "deep/", "deep/deeper/"]);
            let path = format!("{folder}part{number}.vor");
            let some = rest.split_off(rest.len() - (1 + dice.below(rest.len())));
            world.insert(path.clone(), some.join("\n"));
            // Taken from the end, and named from the end.
            number += 1;
        }
        let uses: String = (0..number)
            .rev()
            .map(|number| {
                let path = world.keys().find(|path| path.ends_with(&format!("part{number}.vor"))).unwrap();
                format!("use \"{path}\"\n")
            })
            .collect();
        world.insert("root.vor".to_owned(), root + &uses);
        let parts = load("root.vor", &world).unwrap();
        let split = programs(&parts).unwrap_or_else(|errors| panic!("seed {seed}: {errors}"));
        assert_eq!(split, [base(&draft)], "seed {seed}");
    }
}

#[test]
fn readings_and_models_written_directly() {
    // The same program: what a reading replaces stands in its place, what it adds comes last.
    let mut replaced = 0;
    for seed in 0..MODELS {
        let draft = generate(seed, manner(seed));
        let change = &draft.change;
        let reading = draft.without_readings().text() + &change.reading;
        let mut direct = draft.without_readings();
        for (path, text) in &change.statements {
            match direct.pieces.iter().position(|piece| piece.paths == [path.clone()]) {
                Some(place) => {
                    direct.pieces[place].text = text.clone();
                    replaced += 1;
                }
                None => direct.pieces.push(Piece { keyword: "added", paths: vec![path.clone()], text: text.clone() }),
            }
        }
        let mut programs = programs(&loaded(&reading)).unwrap_or_else(|errors| panic!("seed {seed}: {errors}"));
        let mut other = base(&direct);
        other.reading = programs[0].reading.clone();
        assert_eq!(programs.remove(0), other, "seed {seed}\n{reading}");
    }
    assert!(replaced > 50, "only {replaced} statements were replaced");
}

/// Programs in which somebody chooses by utility.
fn deciding(manner: Manner) -> impl Iterator<Item = (u64, Program)> {
    let of = move |seed| (seed, base(&generate(seed, manner)));
    (0..4 * MODELS).map(of).filter(|(_, program)| program.choices.iter().any(|choice| choice.rule == Rule::Utility))
}

#[test]
fn the_scale_of_utility_against_precision() {
    // The same bits: a factor of 4 loses none, whatever the numbers. Seen to fail with the precision halved only once.
    let mut programs = 0;
    for (seed, program) in deciding(Manner::Tame).chain(deciding(Manner::Nasty)).take(MODELS as usize) {
        let mut scaled = program.clone();
        let times = |factor: f64, of: &Expr| Expr::Apply(Function::Multiply, vec![of.clone(), Expr::Number(factor)]);
        for actor in &mut scaled.actors {
            actor.precision = actor.precision.as_ref().map(|precision| times(0.25, precision));
            actor.utility.iter_mut().for_each(|term| term.value = times(4.0, &term.value));
        }
        same_bits(&format!("seed {seed}"), &answers(&program, seed), &answers(&scaled, seed));
        programs += 1;
    }
    assert_eq!(programs, MODELS);
}

#[test]
fn a_constant_added_to_utility() {
    // Rounding moves the probabilities of acts by parts in 10^14: no outcome of these trajectories turns on that, so
    // yes and no are the same, and numbers too. Seen to fail with the constant added to one option's effects.
    let mut programs = 0;
    for (seed, program) in deciding(Manner::Tame).take(MODELS as usize) {
        let mut shifted = program.clone();
        for actor in &mut shifted.actors {
            actor.utility.push(UtilityTerm { path: "utility constant".to_owned(), value: Expr::Number(7.25) });
        }
        let (a, b) = (answers(&program, seed), answers(&shifted, seed));
        for (name, numbers) in &a {
            let close = numbers.iter().zip(&b[name]).all(|(x, y)| relative(*x, *y) < 1e-9);
            assert!(close, "seed {seed}: {name} is {numbers:?} and {:?}", b[name]);
        }
        programs += 1;
    }
    assert_eq!(programs, MODELS);
}

#[test]
fn lanes_and_threads() {
    // The same bits, however the work is cut up.
    for seed in 0..MODELS {
        let program = asking_everything(&base(&generate(seed, manner(seed))));
        let sample = Sample { seed, draws: 60..200, per_draw: 2 };
        let one = chunks(&program, &sample, 8, 1).unwrap();
        let other = chunks(&program, &sample, 56, 3).unwrap();
        for (a, b) in one.iter().zip(&other) {
            let bits = |numbers: &[f64]| -> Vec<u64> {
                numbers.iter().map(|number| if number.is_nan() { 0 } else { number.to_bits() }).collect()
            };
            assert_eq!(bits(&a.sums), bits(&b.sums), "seed {seed}");
            assert_eq!(bits(&a.values.concat()), bits(&b.values.concat()), "seed {seed}");
            assert_eq!(a.counts, b.counts, "seed {seed}");
        }
        assert_eq!(one.len(), other.len());
    }
}

#[test]
fn checking_twice() {
    // Diagnostics and programs are a function of the text.
    for seed in 0..MODELS {
        let loaded = loaded(&generate(seed, manner(seed)).text());
        let (a, b) = (checked(&loaded), checked(&loaded));
        assert_eq!(format!("{:?}", a.diagnostics), format!("{:?}", b.diagnostics), "seed {seed}");
        assert!(a.readings.iter().zip(&b.readings).all(|(a, b)| a.program == b.program), "seed {seed}");
    }
}
