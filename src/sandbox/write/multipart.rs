//! `multipart/form-data`, as far as attachments need it.

/// One part that has a file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Name of the form field.
    pub(crate) field: String,
    /// Name of the file.
    pub(crate) file: String,
    /// Media type.
    pub(crate) kind: String,
    /// Content.
    pub(crate) bytes: Vec<u8>,
}

/// Reads the files of a body; `None` when it is no multipart body.
pub(crate) fn read_parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?
        .trim_matches('"');
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = find(body, mark.as_bytes())? + mark.len();
    while !body.get(at..)?.starts_with(b"--") {
        let length = find(&body[at..], format!("\r\n{mark}").as_bytes())?;
        parts.extend(read_part(&body[at..at + length]));
        at += length + 2 + mark.len();
    }
    Some(parts)
}

fn read_part(part: &[u8]) -> Option<Part> {
    let part = part.strip_prefix(b"\r\n")?;
    let end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]).into_owned();
    let mut found = Part {
        field: String::new(),
        file: String::new(),
        kind: "application/octet-stream".to_owned(),
        bytes: part[end + 4..].to_vec(),
    };
    for line in head.lines() {
        let (name, value) = line.split_once(':')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                found.field = find_parameter(value, "name")?;
                found.file = find_parameter(value, "filename")?;
            }
            "content-type" => value.trim().clone_into(&mut found.kind),
            _ => {}
        }
    }
    Some(found)
}

fn find_parameter(value: &str, name: &str) -> Option<String> {
    let start = format!("{name}=");
    let found = value
        .split(';')
        .find_map(|part| part.trim().strip_prefix(&start))?;
    Some(found.trim_matches('"').to_owned())
}

fn find(body: &[u8], wanted: &[u8]) -> Option<usize> {
    body.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_byte_by_byte() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nhello\r\n--x\r\nContent-Disposition: form-data; \
            name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n\x00\r\n\xff--\r\n--x--\r\n";
        let parts = read_parts("multipart/form-data; boundary=\"x\"", body).unwrap();
        assert_eq!(parts.len(), 1, "only parts with a file name");
        let part = &parts[0];
        assert_eq!(
            (part.field.as_str(), part.file.as_str(), part.kind.as_str()),
            ("file", "a.bin", "image/png")
        );
        assert_eq!(part.bytes, b"\x00\r\n\xff--");
    }

    #[test]
    fn anything_else_is_no_upload() {
        for (kind, body) in [
            ("application/json", &b"{}"[..]),
            ("multipart/form-data", b"--x--"),
            ("multipart/form-data; boundary=x", b"nothing"),
            ("multipart/form-data; boundary=x", b"--x\r\nno end"),
        ] {
            assert_eq!(read_parts(kind, body), None, "{kind}");
        }
    }
}
