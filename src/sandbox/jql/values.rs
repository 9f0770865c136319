//! Clauses about people, labels, texts and custom fields.

use super::{
    compile::{Compiler, unknown_value, wrong_function},
    fields::{CustomKind, TextField, WordField},
    names,
    query::{Clause, Op, Operand},
    test::{CustomWanted, Test, Wanted},
    text::TextQuery,
};
use crate::sandbox::world::Word;

impl Compiler<'_> {
    pub(super) fn words(&mut self, field: WordField, clause: &Clause, op: Op) -> Test {
        let mut wanted = Wanted {
            not: Self::negates(op),
            ..Wanted::default()
        };
        for operand in clause.value.list() {
            match operand {
                Operand::Empty => wanted.empty = true,
                Operand::Text { text, .. } if field == WordField::Labels => {
                    wanted.set.extend(self.viewer.world.words.list_alike(text));
                }
                operand => wanted.set.extend(self.people(operand, &clause.field)),
            }
        }
        wanted.set.sort_unstable();
        Test::Words(field, wanted)
    }

    pub(super) fn people(&mut self, operand: &Operand, field: &str) -> Vec<Word> {
        match operand {
            Operand::Text { text, .. } => match names::find_people(text, self.viewer) {
                Some(found) => found,
                None => {
                    self.problems.push(unknown_value(text, field));
                    Vec::new()
                }
            },
            Operand::Function { name, arguments } if self.check_function(name, arguments) => {
                if !name.eq_ignore_ascii_case("currentUser") || field.eq_ignore_ascii_case("labels") {
                    self.problems.push(wrong_function(name, field));
                    return Vec::new();
                }
                let account = self.viewer.account;
                let id = account.map(|account| {
                    if self.viewer.world.is_cloud() {
                        &account.id
                    } else {
                        &account.name
                    }
                });
                id.and_then(|id| self.viewer.world.words.find(id))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn text(&mut self, field: TextField, clause: &Clause, op: Op) -> Test {
        match op {
            Op::Is => return Test::Not(Box::new(Test::HasText(field))),
            Op::IsNot => return Test::HasText(field),
            _ => {}
        }
        match self.read_text(clause) {
            None => Test::Constant(false),
            Some(query) if op == Op::NotLike => Test::And(vec![
                Test::HasText(field.clone()),
                Test::Not(Box::new(Test::Text(field, query))),
            ]),
            Some(query) => Test::Text(field, query),
        }
    }

    pub(super) fn read_text(&mut self, clause: &Clause) -> Option<TextQuery> {
        let Operand::Text { text, .. } = &clause.value else {
            self.problems
                .push(unknown_value(&clause.value.to_string(), &clause.field));
            return None;
        };
        match TextQuery::parse(text, &clause.field) {
            Ok(query) => Some(query),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    pub(super) fn custom(&mut self, numbers: Vec<u32>, kind: CustomKind, clause: &Clause, op: Op) -> Test {
        let mut wanted = CustomWanted {
            not: Self::negates(op),
            ..CustomWanted::default()
        };
        if clause.value == Operand::Empty {
            wanted.empty = true;
            return Test::Custom(numbers, wanted);
        }
        match kind {
            CustomKind::Text => {
                let Some(query) = self.read_text(clause) else {
                    return Test::Constant(false);
                };
                let like = Test::CustomText(numbers.clone(), query);
                if op == Op::Like {
                    return like;
                }
                wanted.not = true;
                return Test::And(vec![Test::Custom(numbers, wanted), Test::Not(Box::new(like))]);
            }
            CustomKind::Date | CustomKind::DateTime => {
                let Some(ranges) = self.ranges(clause, op, kind == CustomKind::Date) else {
                    return Test::Constant(false);
                };
                wanted.times = ranges.ranges;
                wanted.empty = ranges.empty;
            }
            CustomKind::Number => {
                for operand in clause.value.list() {
                    match operand {
                        Operand::Empty => wanted.empty = true,
                        Operand::Text { text, .. } => match text.parse::<f64>() {
                            Ok(number) => wanted.numbers.push(match op {
                                Op::Less => (f64::NEG_INFINITY, number.next_down()),
                                Op::LessEqual => (f64::NEG_INFINITY, number),
                                Op::Greater => (number.next_up(), f64::INFINITY),
                                Op::GreaterEqual => (number, f64::INFINITY),
                                _ => (number, number),
                            }),
                            Err(_) => self.problems.push(format!(
                                "The value '{text}' for the field '{}' is not a number.",
                                clause.field
                            )),
                        },
                        other => self
                            .problems
                            .push(unknown_value(&other.to_string(), &clause.field)),
                    }
                }
            }
            CustomKind::User => {
                for operand in clause.value.list() {
                    if *operand == Operand::Empty {
                        wanted.empty = true;
                    } else {
                        wanted.words.extend(self.people(operand, &clause.field));
                    }
                }
            }
            CustomKind::Option | CustomKind::Word => self.options(&numbers, kind, clause, &mut wanted),
        }
        Test::Custom(numbers, wanted)
    }

    pub(super) fn options(
        &mut self,
        numbers: &[u32],
        kind: CustomKind,
        clause: &Clause,
        wanted: &mut CustomWanted,
    ) {
        for operand in clause.value.list() {
            match operand {
                Operand::Empty => wanted.empty = true,
                Operand::Text { text, .. } => {
                    let words = self.viewer.world.words.list_alike(text);
                    if kind == CustomKind::Option {
                        let ids = names::find_options(numbers, text, self.viewer);
                        if ids.is_empty() && words.is_empty() {
                            self.problems.push(format!(
                                "The option '{text}' for field '{}' does not exist.",
                                clause.field
                            ));
                        }
                        wanted.ids.extend(ids);
                    }
                    wanted.words.extend(words);
                }
                other => self
                    .problems
                    .push(unknown_value(&other.to_string(), &clause.field)),
            }
        }
    }
}
