//! A parsed query, and how it is written again.

use std::fmt;

/// A parsed query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Query {
    pub(crate) filter: Option<Expr>,
    pub(crate) order: Vec<Order>,
}

/// One field of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) field: String,
    /// `None` when the query does not say.
    pub(crate) descending: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Clause(Clause),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    /// The name as written; custom fields by number are `cf[10020]`.
    pub(crate) field: String,
    pub(crate) op: Op,
    pub(crate) value: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    NotEqual,
    In,
    NotIn,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    NotLike,
    Is,
    IsNot,
    /// `was` and its kin: parsed, then refused with its name.
    Was(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Text { text: String, quoted: bool },
    Empty,
    Function { name: String, arguments: Vec<String> },
    List(Vec<Operand>),
}

impl Op {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Like => "~",
            Self::NotLike => "!~",
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Was(name) => name,
        }
    }

    /// The operator that is true when this one is false for a value that is there.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            Self::Less => Self::GreaterEqual,
            Self::LessEqual => Self::Greater,
            Self::Greater => Self::LessEqual,
            Self::GreaterEqual => Self::Less,
            Self::Like => Self::NotLike,
            Self::NotLike => Self::Like,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
            Self::Was(name) => Self::Was(name),
        }
    }
}

impl Operand {
    /// The operands of a list, or the one operand.
    pub(crate) fn list(&self) -> &[Operand] {
        match self {
            Self::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }
}

/// A text between double quotes, as JQL escapes it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if super::lexer::must_be_escaped(other) => {
                use std::fmt::Write as _;
                let _infallible = write!(out, "\\u{:04x}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn write_name(text: &str) -> String {
    if super::parser::is_plain(text) {
        text.to_owned()
    } else {
        quote(text)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(filter) = &self.filter {
            write!(f, "{filter}")?;
        }
        for (index, order) in self.order.iter().enumerate() {
            f.write_str(match (index, &self.filter) {
                (0, None) => "ORDER BY ",
                (0, Some(_)) => " ORDER BY ",
                _ => ", ",
            })?;
            f.write_str(&write_field(&order.field))?;
            f.write_str(match order.descending {
                None => "",
                Some(true) => " DESC",
                Some(false) => " ASC",
            })?;
        }
        Ok(())
    }
}

pub(crate) fn write_field(name: &str) -> String {
    let number = name.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']'));
    if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
        return name.to_owned();
    }
    write_name(name)
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                    other => write!(f, "{other}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::And(parts) => join(f, parts, "AND"),
            Self::Or(parts) => join(f, parts, "OR"),
            Self::Not(inner) => match inner.as_ref() {
                Self::And(_) | Self::Or(_) => write!(f, "NOT ({inner})"),
                other => write!(f, "NOT {other}"),
            },
            Self::Clause(clause) => write!(
                f,
                "{} {} {}",
                write_field(&clause.field),
                clause.op.text(),
                clause.value
            ),
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, quoted: false } => f.write_str(&write_name(text)),
            Self::Text { text, quoted: true } => f.write_str(&quote(text)),
            Self::Empty => f.write_str("EMPTY"),
            Self::Function { name, arguments } => {
                let shown: Vec<String> = arguments.iter().map(|text| quote(text)).collect();
                write!(f, "{}({})", write_name(name), shown.join(", "))
            }
            Self::List(items) => {
                let shown: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "({})", shown.join(", "))
            }
        }
    }
}
