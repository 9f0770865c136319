//! Tokens to a query, by recursive descent, with Jira's messages for what it cannot read.

use super::{
    lexer::{self, Lexeme, Token, place},
    query::{Clause, Expr, Op, Operand, Order, Query},
    words::is_reserved,
};

/// Deepest nesting accepted, so that a hostile query cannot exhaust the stack.
const DEPTH: usize = 64;

const OPERATORS: &str = "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and \
                         'IS NOT'.";

/// Parses; the error is a message as Jira words it.
pub(crate) fn parse_query(text: &str) -> Result<Query, String> {
    let tokens = lexer::split(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
    };
    let filter = if parser.at_end() || parser.is_word("order") {
        None
    } else {
        Some(parser.parse_or(0)?)
    };
    if !parser.at_end() && !parser.is_word("order") {
        return Err(parser.complain(
            |got| format!("Expecting either 'OR' or 'AND' but got '{got}'."),
            "Expecting either 'OR' or 'AND' before the end of the query.",
        ));
    }
    let order = parser.parse_order()?;
    if parser.at_end() {
        Ok(Query { filter, order })
    } else {
        Err(parser.expect_sign(","))
    }
}

/// Whether a text reads the same without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !is_reserved(text)
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':'))
}

struct Parser<'a> {
    tokens: &'a [Lexeme],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|lexeme| &lexeme.token)
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(have)) if *have == sign);
        self.at += usize::from(found);
        found
    }

    /// A message about the token here, or about the end of the query.
    fn complain(&self, about: impl Fn(&str) -> String, at_end: &str) -> String {
        match self.tokens.get(self.at) {
            None => format!("Error in the JQL Query: {at_end}"),
            Some(lexeme) => place(&about(lexeme.token.text()), lexeme.line, lexeme.column),
        }
    }

    fn expect_sign(&self, sign: &str) -> String {
        self.complain(
            |got| format!("Expecting '{sign}' but got '{got}'."),
            &format!("Expecting '{sign}' before the end of the query."),
        )
    }

    fn refuse_reserved(&self) -> String {
        self.complain(
            |got| {
                format!(
                    "'{got}' is a reserved JQL word. You must surround it in quotation marks to use it in a query."
                )
            },
            "",
        )
    }

    fn parse_or(&mut self, depth: usize) -> Result<Expr, String> {
        let mut parts = vec![self.parse_and(depth)?];
        while self.take_word("or") || self.take_sign("||") || self.take_sign("|") {
            parts.push(self.parse_and(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::Or(parts)
        })
    }

    fn parse_and(&mut self, depth: usize) -> Result<Expr, String> {
        let mut parts = vec![self.parse_not(depth)?];
        while self.take_word("and") || self.take_sign("&&") || self.take_sign("&") {
            parts.push(self.parse_not(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Expr::And(parts)
        })
    }

    fn parse_not(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > DEPTH {
            return Err("Error in the JQL Query: The query is nested too deeply.".to_owned());
        }
        if self.take_word("not") || self.take_sign("!") {
            return Ok(Expr::Not(Box::new(self.parse_not(depth + 1)?)));
        }
        if self.take_sign("(") {
            let inner = self.parse_or(depth + 1)?;
            return if self.take_sign(")") {
                Ok(inner)
            } else {
                Err(self.expect_sign(")"))
            };
        }
        self.parse_clause().map(Expr::Clause)
    }

    fn parse_clause(&mut self) -> Result<Clause, String> {
        let field = self.parse_field()?;
        let op = self.parse_operator()?;
        let value = match op {
            Op::Was("changed") => Operand::Empty,
            Op::In | Op::NotIn | Op::Was("was in" | "was not in") => self.parse_list_or_function()?,
            _ => self.parse_operand(0)?,
        };
        Ok(Clause { field, op, value })
    }

    fn parse_field(&mut self) -> Result<String, String> {
        let no_field = |parser: &Self| {
            parser.complain(
                |got| {
                    format!(
                        "Expecting a field name but got '{got}'. You must surround '{got}' in quotation marks to use it as \
                         a field name."
                    )
                },
                "Expecting a field name at the end of the query.",
            )
        };
        let name = match self.peek() {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("cf") => return self.parse_field_number(),
            Some(Token::Word(word)) if is_operator_word(word) => return Err(no_field(self)),
            Some(Token::Word(word)) if is_reserved(word) => return Err(self.refuse_reserved()),
            Some(Token::Word(word) | Token::Quoted(word)) => word.clone(),
            _ => return Err(no_field(self)),
        };
        if name.is_empty() {
            return Err(self.complain(|_| "The field name cannot be empty.".to_owned(), ""));
        }
        self.at += 1;
        Ok(name)
    }

    /// `cf[10020]`.
    fn parse_field_number(&mut self) -> Result<String, String> {
        let refuse = |parser: &Self| {
            parser.complain(
                |_| {
                    "Expecting a custom field id enclosed by '[ ]' after 'cf'. Example: 'cf[10021]'."
                        .to_owned()
                },
                "Expecting a custom field id enclosed by '[ ]' after 'cf'. Example: 'cf[10021]'.",
            )
        };
        self.at += 1;
        if !self.take_sign("[") {
            return Err(refuse(self));
        }
        let number = match self.peek() {
            Some(Token::Word(word)) => word.parse::<u32>().ok(),
            _ => None,
        };
        let Some(number) = number else {
            return Err(refuse(self));
        };
        self.at += 1;
        if self.take_sign("]") {
            Ok(format!("cf[{number}]"))
        } else {
            Err(self.expect_sign("]"))
        }
    }

    fn parse_operator(&mut self) -> Result<Op, String> {
        let signs = [
            ("!=", Op::NotEqual),
            ("!~", Op::NotLike),
            (">=", Op::GreaterEqual),
            ("<=", Op::LessEqual),
            ("=", Op::Equal),
            (">", Op::Greater),
            ("<", Op::Less),
            ("~", Op::Like),
        ];
        for (sign, op) in signs {
            if self.take_sign(sign) {
                return Ok(op);
            }
        }
        if self.take_word("in") {
            return Ok(Op::In);
        }
        if self.take_word("is") {
            return Ok(if self.take_word("not") { Op::IsNot } else { Op::Is });
        }
        if self.take_word("was") {
            let not = self.take_word("not");
            return Ok(Op::Was(match (not, self.take_word("in")) {
                (false, false) => "was",
                (false, true) => "was in",
                (true, false) => "was not",
                (true, true) => "was not in",
            }));
        }
        if self.take_word("changed") {
            return Ok(Op::Was("changed"));
        }
        if self.is_word("not")
            && matches!(self.tokens.get(self.at + 1), Some(next) if next.token.text().eq_ignore_ascii_case("in"))
        {
            self.at += 2;
            return Ok(Op::NotIn);
        }
        if matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("notin")) {
            return Err(self.refuse_reserved());
        }
        Err(self.complain(
            |got| format!("Expecting operator but got '{got}'. {OPERATORS}"),
            &format!("Expecting operator before the end of the query. {OPERATORS}"),
        ))
    }

    fn parse_list_or_function(&mut self) -> Result<Operand, String> {
        if matches!(self.peek(), Some(Token::Sign("("))) {
            return self.parse_operand(0);
        }
        let operand = self.parse_operand(0)?;
        if matches!(operand, Operand::Function { .. }) {
            return Ok(operand);
        }
        Err(self.expect_sign("("))
    }

    fn parse_operand(&mut self, depth: usize) -> Result<Operand, String> {
        if depth > DEPTH {
            return Err("Error in the JQL Query: The query is nested too deeply.".to_owned());
        }
        if self.take_sign("(") {
            let mut values = Vec::new();
            loop {
                // Lists within lists mean their values, as in Jira.
                match self.parse_operand(depth + 1)? {
                    Operand::List(inner) => values.extend(inner),
                    one => values.push(one),
                }
                if !self.take_sign(",") {
                    break;
                }
            }
            return if self.take_sign(")") {
                Ok(Operand::List(values))
            } else {
                Err(self.complain(
                    |got| format!("Expecting either ')' or ',' but got '{got}'."),
                    "Expecting ')' before the end of the query.",
                ))
            };
        }
        let (text, quoted) = match self.peek() {
            Some(Token::Quoted(text)) => (text.clone(), true),
            Some(Token::Word(word)) => {
                let lower = word.to_lowercase();
                if lower == "empty" || lower == "null" {
                    self.at += 1;
                    return Ok(Operand::Empty);
                }
                if is_operator_word(word) {
                    return Err(self.refuse_operand());
                }
                if is_reserved(word) {
                    return Err(self.refuse_reserved());
                }
                (word.clone(), false)
            }
            _ => return Err(self.refuse_operand()),
        };
        self.at += 1;
        if self.take_sign("(") {
            return self.parse_arguments(text);
        }
        Ok(Operand::Text { text, quoted })
    }

    /// Jira leaves out the "the" here, and nowhere else.
    fn refuse_operand(&self) -> String {
        let text = self.complain(
            |got| {
                format!(
                    "Expecting either a value, list or function but got '{got}'. You must surround '{got}' in quotation \
                     marks to use it as a value."
                )
            },
            "Expecting either a value, list or function before the end of the query.",
        );
        text.replacen("Error in the JQL Query", "Error in JQL Query", 1)
    }

    fn parse_arguments(&mut self, name: String) -> Result<Operand, String> {
        let mut arguments = Vec::new();
        if self.take_sign(")") {
            return Ok(Operand::Function { name, arguments });
        }
        loop {
            match self.peek() {
                Some(Token::Word(text) | Token::Quoted(text)) => arguments.push(text.clone()),
                _ => return Err(self.expect_sign(")")),
            }
            self.at += 1;
            if !self.take_sign(",") {
                break;
            }
        }
        if self.take_sign(")") {
            Ok(Operand::Function { name, arguments })
        } else {
            Err(self.complain(
                |got| format!("Expecting either ')' or ',' but got '{got}'."),
                "Expecting ')' before the end of the query.",
            ))
        }
    }

    fn parse_order(&mut self) -> Result<Vec<Order>, String> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err(self.expect_sign("BY"));
        }
        loop {
            let field = self.parse_field()?;
            let descending = if self.take_word("desc") {
                Some(true)
            } else {
                self.take_word("asc").then_some(false)
            };
            if descending.is_none() && !self.at_end() && !matches!(self.peek(), Some(Token::Sign(","))) {
                return Err(self.complain(
                    |got| format!("Expecting either 'ASC' or 'DESC' but got '{got}'."),
                    "",
                ));
            }
            order.push(Order { field, descending });
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }
}

/// Words that build a query: in the wrong place they are not a reserved name but a missing part.
fn is_operator_word(word: &str) -> bool {
    const WORDS: [&str; 12] = [
        "and", "or", "not", "in", "is", "was", "changed", "order", "by", "asc", "desc", "empty",
    ];
    WORDS.contains(&word.to_lowercase().as_str())
}
