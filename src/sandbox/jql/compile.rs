//! From a parsed query to a filter over facts, with the messages Jira would refuse it with.
//!
//! `NOT` is pushed down to the clauses first, as Jira does: `not labels = a` means `labels != a` and
//! leaves out issues without labels. A clause that is refused matches nothing, which is what Data
//! Center does with it when the query is not validated.

use super::{
    Viewer,
    dates::Clock,
    fields::{Field, TimeField, find_field},
    order::{Key, plan_order},
    query::{Clause, Expr, Op, Operand, Query},
    test::{Ranges, Test},
};

/// A query that is ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(super) test: Option<Test>,
    pub(super) order: Vec<Key>,
    /// The order as it was written.
    pub(super) order_text: String,
    /// Why Jira refuses it; empty when it can run.
    pub(crate) problems: Vec<String>,
}

/// Compiles a query for the one who asks.
pub(crate) fn compile(query: &Query, viewer: &Viewer<'_>) -> Compiled {
    let zone = viewer.account.map_or("UTC", |account| account.time_zone.as_str());
    let mut compiler = Compiler {
        viewer,
        clock: Clock::new(viewer.now_ms, zone),
        problems: Vec::new(),
    };
    let test = query
        .filter
        .as_ref()
        .map(|filter| compiler.compile(filter, false));
    let (order, mut refused) = plan_order(&query.order, viewer.world);
    compiler.problems.append(&mut refused);
    Compiled {
        test,
        order,
        order_text: format!("{:?}", query.order),
        problems: compiler.problems,
    }
}

pub(super) fn unknown_field(name: &str) -> String {
    format!("Field '{name}' does not exist or you do not have permission to view it.")
}

pub(super) fn unknown_value(value: &str, field: &str) -> String {
    format!("The value '{value}' does not exist for the field '{field}'.")
}

pub(super) fn wrong_function(name: &str, field: &str) -> String {
    format!("A value provided by the function '{name}' is invalid for the field '{field}'.")
}

/// The work on one query; `ids` and `values` hold the rest of it.
pub(super) struct Compiler<'v> {
    pub(super) viewer: &'v Viewer<'v>,
    pub(super) clock: Clock,
    pub(super) problems: Vec<String>,
}

impl Compiler<'_> {
    pub(super) fn refuse(&mut self, problem: String) -> Test {
        self.problems.push(problem);
        Test::Constant(false)
    }

    fn compile(&mut self, expr: &Expr, not: bool) -> Test {
        match expr {
            Expr::Not(inner) => self.compile(inner, !not),
            Expr::And(parts) | Expr::Or(parts) => {
                let parts = parts.iter().map(|part| self.compile(part, not)).collect();
                if matches!(expr, Expr::And(_)) == not {
                    Test::Or(parts)
                } else {
                    Test::And(parts)
                }
            }
            Expr::Clause(clause) => {
                let op = if not { clause.op.opposite() } else { clause.op };
                self.compile_clause(clause, op)
            }
        }
    }

    fn compile_clause(&mut self, clause: &Clause, op: Op) -> Test {
        let name = clause.field.as_str();
        let Some(field) = find_field(self.viewer.world, name) else {
            return self.refuse(unknown_field(name));
        };
        if !field.takes(clause.op) {
            let text = format!(
                "The operator '{}' is not supported by the '{name}' field.",
                clause.op.text()
            );
            return self.refuse(text);
        }
        if matches!(clause.op, Op::Is | Op::IsNot) && clause.value != Operand::Empty {
            let text = format!(
                "The operator '{}' of the field '{name}' takes EMPTY or NULL only.",
                clause.op.text()
            );
            return self.refuse(text);
        }
        if let Operand::List(_) = clause.value
            && !matches!(clause.op, Op::In | Op::NotIn)
        {
            let text = format!(
                "Operator '{}' does not support searching for list value '{}' in field '{name}'.",
                clause.op.text(),
                clause.value
            );
            return self.refuse(text);
        }
        match field {
            Field::Numbers(number) => self.numbers(number, clause, op),
            Field::Words(word) => self.words(word, clause, op),
            Field::Category => self.category(clause, op),
            Field::Time(time) => {
                let ranges = self.ranges(clause, op, time == TimeField::Due);
                ranges.map_or(Test::Constant(false), |ranges| Test::Time(time, ranges))
            }
            Field::Text(text) => self.text(text, clause, op),
            Field::Custom(numbers, kind) => self.custom(numbers, kind, clause, op),
            Field::Filter => self.filter(clause, op),
            Field::Rank => Test::Constant(false),
        }
    }

    /// Whether the operator wants the issue to have none of the values.
    pub(super) fn negates(op: Op) -> bool {
        matches!(op, Op::NotEqual | Op::NotIn | Op::IsNot)
    }

    /// The function's name when the operand is one that is known nowhere.
    pub(super) fn check_function(&mut self, name: &str, arguments: &[String]) -> bool {
        const KNOWN: [(&str, usize); 19] = [
            ("currentuser", 0),
            ("now", 0),
            ("startofday", 1),
            ("endofday", 1),
            ("startofweek", 1),
            ("endofweek", 1),
            ("startofmonth", 1),
            ("endofmonth", 1),
            ("startofyear", 1),
            ("endofyear", 1),
            ("opensprints", 0),
            ("closedsprints", 0),
            ("futuresprints", 0),
            ("standardissuetypes", 0),
            ("subtaskissuetypes", 0),
            ("releasedversions", 99),
            ("unreleasedversions", 99),
            ("latestreleasedversion", 1),
            ("earliestunreleasedversion", 1),
        ];
        let Some((_, most)) = KNOWN.iter().find(|(known, _)| *known == name.to_lowercase()) else {
            self.problems
                .push(format!("Unable to find JQL function '{name}()'."));
            return false;
        };
        if arguments.len() > *most {
            self.problems.push(format!(
                "Function '{name}' expected '{most}' arguments but received '{}'.",
                arguments.len()
            ));
            return false;
        }
        true
    }

    /// Times as ranges; a day-only field is compared by days.
    pub(super) fn ranges(&mut self, clause: &Clause, op: Op, days: bool) -> Option<Ranges<i64>> {
        let mut wanted = Ranges {
            not: Self::negates(op),
            ..Ranges::default()
        };
        let before = self.problems.len();
        for operand in clause.value.list() {
            let at = match operand {
                Operand::Empty => {
                    wanted.empty = true;
                    continue;
                }
                Operand::Text { text, quoted } => self.read_time(text, *quoted, &clause.field),
                Operand::Function { name, arguments } if self.check_function(name, arguments) => {
                    match self.clock.call(name, arguments) {
                        Some(Ok(at)) => Some(at),
                        Some(Err(problem)) => {
                            self.problems.push(problem);
                            None
                        }
                        None => {
                            self.problems.push(wrong_function(name, &clause.field));
                            None
                        }
                    }
                }
                _ => None,
            };
            let Some(at) = at else { continue };
            let at = if days { self.clock.day_of(at) } else { at };
            wanted.ranges.push(match op {
                Op::Less => (i64::MIN, at),
                Op::LessEqual => (i64::MIN, at.saturating_add(1)),
                Op::Greater => (at.saturating_add(1), i64::MAX),
                Op::GreaterEqual => (at, i64::MAX),
                _ => (at, at.saturating_add(1)),
            });
        }
        (self.problems.len() == before).then_some(wanted)
    }

    pub(super) fn read_time(&mut self, text: &str, quoted: bool, field: &str) -> Option<i64> {
        let found = self.clock.read(text, quoted);
        if found.is_none() {
            self.problems.push(format!(
                "Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', \
                 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
            ));
        }
        found
    }
}
