//! JQL text to tokens, each with the place it began at.

/// A token and its first character, for messages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    /// From 1.
    pub(super) line: usize,
    /// From 1, in characters.
    pub(super) column: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

impl Token {
    /// The token as a message names it.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Quoted(text) => text,
            Self::Sign(sign) => sign,
        }
    }
}

const SIGNS: [&str; 18] = [
    "!=", "!~", ">=", "<=", "&&", "||", "=", ">", "<", "~", "(", ")", ",", "[", "]", "!", "&", "|",
];
/// Characters that only a quoted text may hold.
const RESERVED: &str = "{}*/%+^$#@?;";

struct Reader<'a> {
    rest: std::str::Chars<'a>,
    line: usize,
    column: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        if letter == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(letter)
    }

    fn complain(&self, text: &str) -> String {
        place(text, self.line, self.column)
    }
}

/// A message with the place it is about.
pub(super) fn place(text: &str, line: usize, column: usize) -> String {
    format!("Error in the JQL Query: {text} (line {line}, character {column})")
}

/// Splits; the error is a message as Jira words it.
pub(super) fn split(text: &str) -> Result<Vec<Lexeme>, String> {
    let mut reader = Reader {
        rest: text.chars(),
        line: 1,
        column: 1,
    };
    let mut found = Vec::new();
    while let Some(first) = reader.peek() {
        if first.is_whitespace() {
            reader.next();
            continue;
        }
        let (line, column) = (reader.line, reader.column);
        let token = if first == '"' || first == '\'' {
            read_quoted(&mut reader, first)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| reader.rest.as_str().starts_with(**sign)) {
            for _ in sign.chars() {
                reader.next();
            }
            Token::Sign(sign)
        } else if RESERVED.contains(first) {
            return Err(reader.complain(&format!(
                "The character '{first}' is a reserved JQL character. You must enclose it in a string or use the escape \
                 '\\u{:04x}' instead.",
                u32::from(first)
            )));
        } else {
            read_word(&mut reader)?
        };
        found.push(Lexeme { token, line, column });
    }
    Ok(found)
}

fn read_word(reader: &mut Reader<'_>) -> Result<Token, String> {
    let mut word = String::new();
    while let Some(letter) = reader.peek() {
        if letter.is_whitespace() || "=!<>~(),\"'[]&|".contains(letter) || RESERVED.contains(letter) {
            break;
        }
        check_character(reader, letter)?;
        reader.next();
        word.push(if letter == '\\' {
            read_escape(reader)?
        } else {
            letter
        });
    }
    Ok(Token::Word(word))
}

fn read_quoted(reader: &mut Reader<'_>, quote: char) -> Result<Token, String> {
    let (line, column) = (reader.line, reader.column);
    let mut value = String::new();
    reader.next();
    while let Some(letter) = reader.peek() {
        if letter != '\n' && letter != '\r' {
            check_character(reader, letter)?;
        }
        reader.next();
        if letter == quote {
            return Ok(Token::Quoted(value));
        }
        value.push(if letter == '\\' {
            read_escape(reader)?
        } else {
            letter
        });
    }
    let named = if value.is_empty() {
        "The quoted string has not been completed.".to_owned()
    } else {
        format!("The quoted string '{value}' has not been completed.")
    };
    Err(place(&named, line, column))
}

/// Whether a character can stand in a query only as an escape: control characters, and what Unicode
/// says is no character.
pub(super) fn must_be_escaped(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
}

fn check_character(reader: &Reader<'_>, letter: char) -> Result<(), String> {
    let code = u32::from(letter);
    if must_be_escaped(letter) {
        return Err(reader.complain(&format!(
            "The character 'U+{code:04X}' must be escaped. Use the escape '\\u{code:04x}' instead."
        )));
    }
    Ok(())
}

/// What follows a backslash.
fn read_escape(reader: &mut Reader<'_>) -> Result<char, String> {
    const VALID: &str = "The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX.";
    let Some(letter) = reader.next() else {
        return Err(reader.complain(&format!("The escape sequence has not been completed. {VALID}")));
    };
    match letter {
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        '\\' | '"' | '\'' | ' ' => Ok(letter),
        'u' => {
            let mut digits = String::new();
            while digits.len() < 4 && reader.peek().is_some_and(|next| next.is_ascii_hexdigit()) {
                digits.extend(reader.next());
            }
            let code = u32::from_str_radix(&digits, 16)
                .ok()
                .filter(|_| digits.len() == 4);
            code.and_then(char::from_u32).ok_or_else(|| {
                reader.complain(&format!(
                    "'\\u{digits}' is an illegal JQL escape sequence. {VALID}"
                ))
            })
        }
        other => Err(reader.complain(&format!("'\\{other}' is an illegal JQL escape sequence. {VALID}"))),
    }
}
