//! Tokens to a query, by recursive descent.

use super::{
    Clause, Expr, Op, Operand, Query,
    lexer::{self, Token},
};

/// Deepest nesting accepted, so that a hostile query cannot exhaust the stack.
const DEPTH: usize = 64;

/// Words that must be quoted when meant as a value, as far as they can be mistaken here.
const RESERVED: [&str; 10] = [
    "and", "or", "not", "in", "is", "empty", "null", "order", "by", "was",
];

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
    let order = parser.parse_order()?;
    if parser.at_end() {
        Ok(Query { filter, order })
    } else {
        Err(parser.complain("'AND' or 'OR' or 'ORDER BY'"))
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn at_end(&self) -> bool {
        self.peek().is_none()
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

    fn complain(&self, expected: &str) -> String {
        let position = self.at + 1;
        match self.peek() {
            None => format!("Error in the JQL Query: Expecting {expected} but the query ended."),
            Some(Token::Word(text) | Token::Quoted(text)) => format!(
                "Error in the JQL Query: Expecting {expected} but got '{text}'. (line 1, character {position})"
            ),
            Some(Token::Sign(sign)) => format!(
                "Error in the JQL Query: Expecting {expected} but got '{sign}'. (line 1, character {position})"
            ),
        }
    }

    fn parse_or(&mut self, depth: usize) -> Result<Expr, String> {
        let mut parts = vec![self.parse_and(depth)?];
        while self.take_word("or") {
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
        while self.take_word("and") {
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
        if self.take_word("not") {
            return Ok(Expr::Not(Box::new(self.parse_not(depth + 1)?)));
        }
        if self.take_sign("(") {
            let inner = self.parse_or(depth + 1)?;
            return if self.take_sign(")") {
                Ok(inner)
            } else {
                Err(self.complain("')'"))
            };
        }
        self.parse_clause().map(Expr::Clause)
    }

    fn parse_clause(&mut self) -> Result<Clause, String> {
        let field = match self.peek() {
            Some(Token::Word(word)) if !RESERVED.contains(&word.to_lowercase().as_str()) => word.clone(),
            Some(Token::Quoted(word)) => word.clone(),
            _ => return Err(self.complain("a field name")),
        };
        self.at += 1;
        let op = self.parse_operator()?;
        let values = if matches!(op, Op::In | Op::NotIn) {
            self.parse_list()?
        } else {
            vec![self.parse_operand()?]
        };
        if matches!(op, Op::Is | Op::IsNot) && values != [Operand::Empty] {
            return Err(
                "Error in the JQL Query: The operators 'is' and 'is not' take EMPTY or NULL only.".to_owned(),
            );
        }
        Ok(Clause { field, op, values })
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
        if self.take_word("not") {
            return if self.take_word("in") {
                Ok(Op::NotIn)
            } else {
                Err(self.complain("'IN'"))
            };
        }
        Err(self.complain("operator"))
    }

    fn parse_list(&mut self) -> Result<Vec<Operand>, String> {
        if !self.take_sign("(") {
            // `sprint in openSprints()` needs no parentheres around the function.
            return Ok(vec![self.parse_operand()?]);
        }
        let mut values = vec![self.parse_operand()?];
        while self.take_sign(",") {
            values.push(self.parse_operand()?);
        }
        if self.take_sign(")") {
            Ok(values)
        } else {
            Err(self.complain("',' or ')'"))
        }
    }

    fn parse_operand(&mut self) -> Result<Operand, String> {
        let operand = match self.peek() {
            Some(Token::Quoted(text)) => Operand::Text {
                text: text.clone(),
                quoted: true,
            },
            Some(Token::Word(word)) => {
                let lower = word.to_lowercase();
                if lower == "empty" || lower == "null" {
                    Operand::Empty
                } else if RESERVED.contains(&lower.as_str()) {
                    return Err(format!(
                        "Error in the JQL Query: '{word}' is a reserved JQL word. You must surround it in quotation marks \
                         to use it in a query."
                    ));
                } else {
                    Operand::Text {
                        text: word.clone(),
                        quoted: false,
                    }
                }
            }
            _ => return Err(self.complain("either a value, list or function")),
        };
        self.at += 1;
        if let Operand::Text { text, quoted: false } = &operand
            && self.take_sign("(")
        {
            let name = text.to_lowercase();
            return if self.take_sign(")") {
                Ok(Operand::Function(name))
            } else {
                Err(self.complain("')'"))
            };
        }
        Ok(operand)
    }

    fn parse_order(&mut self) -> Result<Vec<(String, bool)>, String> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err(self.complain("'BY'"));
        }
        loop {
            let field = match self.peek() {
                Some(Token::Word(word) | Token::Quoted(word)) => word.clone(),
                _ => return Err(self.complain("a field name")),
            };
            self.at += 1;
            let descending = self.take_word("desc");
            if !descending {
                self.take_word("asc");
            }
            order.push((field, descending));
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }
}
