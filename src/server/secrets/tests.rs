//! The format of sealed values, the keys, and their file.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;

fn text_of(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

/// With keys made of these bytes, the present one first.
fn sealer(bytes: &[u8]) -> Sealer {
    let keys: Vec<SecretString> = bytes.iter().map(|byte| text_of(*byte).into()).collect();
    Sealer::new(KeyRing::parse_keys(&keys).expect("keys"))
}

fn here() -> Place {
    Place::of_token("a", "cloud", "https://a.test/", "https://a.test/", None)
}

fn opened(sealer: &Sealer, place: &Place, sealed: &[u8]) -> Option<String> {
    sealer
        .open(place, sealed)
        .ok()
        .map(|secret| secret.expose_secret().to_owned())
}

/// As the first format was made.
fn seal_before(byte: u8, place: &str, msg: &[u8]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend_from_slice(&Sha256::digest([byte; 32])[..4]);
    out.extend_from_slice(&[7; 24]);
    let payload = Payload {
        msg,
        aad: place.as_bytes(),
    };
    let cipher = XChaCha20Poly1305::new_from_slice(&[byte; 32]).expect("a key");
    out.extend(cipher.encrypt(&XNonce::from([7; 24]), payload).expect("sealed"));
    out
}

#[test]
fn a_value_opens_only_unharmed_and_whole() {
    for sealed in [
        sealer(&[1]).seal(&here(), &SecretString::from("canary")),
        seal_before(1, "connection.token:a", b"canary"),
    ] {
        assert_eq!(opened(&sealer(&[1]), &here(), &sealed).as_deref(), Some("canary"));
        assert_eq!(opened(&sealer(&[2]), &here(), &sealed), None);
        for index in 0..sealed.len() {
            for bit in 0..8 {
                let mut harmed = sealed.clone();
                harmed[index] ^= 1 << bit;
                assert_eq!(
                    opened(&sealer(&[1, 2]), &here(), &harmed),
                    None,
                    "bit {bit} of {index}"
                );
                assert!(
                    sealer(&[1, 2]).reseal(&here(), &harmed).is_err(),
                    "bit {bit} of {index}"
                );
            }
            assert_eq!(
                opened(&sealer(&[1]), &here(), &sealed[..index]),
                None,
                "cut at {index}"
            );
        }
        assert_eq!(
            opened(&sealer(&[1]), &here(), &[&sealed[..], b"x"].concat()),
            None
        );
    }
    assert!(!format!("{:?}", sealer(&[1])).contains(&text_of(1)));
}

#[test]
fn a_value_opens_only_in_its_place() {
    let places = [
        here(),
        Place::of_token("b", "cloud", "https://a.test/", "https://a.test/", None),
        Place::of_token("a", "data_center", "https://a.test/", "https://a.test/", None),
        Place::of_token("a", "cloud", "https://evil.test/", "https://a.test/", None),
        Place::of_token("a", "cloud", "https://a.test/", "https://evil.test/", None),
        Place::of_token("a", "cloud", "https://a.test/x", "https://a.test/", None),
        Place::of_token("a", "cloud", "https://a.test/", "https://a.test/", Some("PEM")),
        // The same letters, divided otherwise.
        Place::of_token("ac", "loud", "https://a.test/", "https://a.test/", None),
        Place::of_tested_token("a", "cloud", "https://a.test/", "https://a.test/", ""),
        Place::of_tested_token("a", "cloud", "https://a.test/", "", "p"),
        Place::of_shown_link("a", "s", "p"),
        Place::of_shown_link("a", "s", "q"),
        Place::of_shown_link("a", "t", "p"),
        Place::of_audit_key("a"),
        Place::of_audit_key("b"),
    ];
    for (made, place) in places.iter().enumerate() {
        let sealed = sealer(&[1]).seal(place, &SecretString::from("canary"));
        for (tried, other) in places.iter().enumerate() {
            let opens = opened(&sealer(&[1]), other, &sealed).is_some();
            assert_eq!(opens, made == tried, "{place:?} in {other:?}");
        }
    }
}

#[test]
fn a_data_key_of_another_value_opens_nothing() {
    // Both in the same place: the envelope of one with the text of the other.
    let (one, two) = (SecretString::from("one"), SecretString::from("two"));
    let (one, two) = (sealer(&[1]).seal(&here(), &one), sealer(&[1]).seal(&here(), &two));
    let mixed = [&one[..77], &two[77..]].concat();
    assert_eq!(opened(&sealer(&[1]), &here(), &mixed), None);
    // Envelopes of versions are not taken for one another.
    for version in [0, 1, 3, 255] {
        let mut other = one.clone();
        other[0] = version;
        assert_eq!(opened(&sealer(&[1]), &here(), &other), None);
    }
}

#[test]
fn sealing_anew_leads_to_the_present_key() {
    let secret = SecretString::from("canary");
    let second = sealer(&[2, 1]);
    for old in [
        sealer(&[1]).seal(&here(), &secret),
        seal_before(1, "connection.token:a", b"canary"),
        seal_before(2, "connection.token:a", b"canary"),
    ] {
        let new = second.reseal(&here(), &old).expect("opens").expect("not current");
        assert_eq!(opened(&sealer(&[2]), &here(), &new).as_deref(), Some("canary"));
        assert_eq!(opened(&sealer(&[1]), &here(), &new), None);
        assert!(
            second.reseal(&here(), &new).expect("opens").is_none(),
            "twice changes nothing"
        );
    }
    let foreign = sealer(&[3]).seal(&here(), &secret);
    let error = second.reseal(&here(), &foreign).expect_err("unknown");
    assert!(matches!(error, SecretError::UnknownKey(_)), "{error}");
    let moved = Place::of_token("b", "cloud", "https://a.test/", "https://a.test/", None);
    let error = second
        .reseal(&moved, &sealer(&[1]).seal(&here(), &secret))
        .expect_err("moved");
    assert!(matches!(error, SecretError::DoesNotOpen), "{error}");
}

#[test]
fn lists_that_are_no_keys_are_told_by_line_and_never_by_content() {
    let (one, two) = (text_of(1), text_of(2));
    let short = STANDARD.encode([0; 31]);
    for (text, wanted) in [
        (String::new(), KeyMistake::Nothing),
        ("\n# nothing yet\n".to_owned(), KeyMistake::Nothing),
        ("hush".to_owned(), KeyMistake::NotAKey(1)),
        (format!("{one}\n\nhush\n"), KeyMistake::NotAKey(3)),
        (short, KeyMistake::NotAKey(1)),
        (STANDARD.encode([0; 33]), KeyMistake::NotAKey(1)),
        (format!("{one}\n{two}\n{one}"), KeyMistake::Repeated(3)),
    ] {
        let mistake = KeyRing::parse_file(&text).expect_err("no keys");
        assert_eq!(mistake, wanted);
        assert!(!mistake.to_string().contains("hush") && !mistake.to_string().contains(&one));
    }
    let ring = KeyRing::parse_file(&format!("# of spring\r\n {two} \r\n\r\n{one}\r\n")).expect("two");
    assert_eq!(ring.ids(), sealer(&[2, 1]).ids());
}

#[test]
fn the_file_is_made_once_gets_keys_and_is_read_again() {
    let folder = std::env::temp_dir().join(random::new_id());
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("secret.key");
    let load = || Sealer::load(&KeySource::DataFolder, &folder);
    assert!(Sealer::load_existing(&KeySource::DataFolder, &folder).is_err());
    let first = load().expect("made");
    assert_eq!(first.ids(), load().expect("read").ids());
    let mode = || std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).expect("file")) & 0o777;
    assert_eq!(mode(), 0o600);

    let before = first.seal(&here(), &SecretString::from("before"));
    let id = add_key(&path).expect("added");
    assert_eq!(mode(), 0o600);
    // Somebody else seals with the new key; the one that runs finds it.
    let other = load().expect("read").seal(&here(), &SecretString::from("after"));
    assert_ne!(first.ids()[0], id);
    assert_eq!(opened(&first, &here(), &other).as_deref(), Some("after"));
    assert_eq!((first.ids()[0], first.ids().len()), (id, 2));
    let third = add_key(&path).expect("added");
    let sealed = first.seal(&here(), &SecretString::from("newest"));
    assert_eq!(
        Sealer::find_key_id(&sealed),
        Some(third),
        "the next one seals without a restart"
    );
    assert_eq!(opened(&first, &here(), &before).as_deref(), Some("before"));

    // Damaged while it runs: what was known stays. At a start it is told.
    std::fs::write(&path, "").expect("emptied");
    assert_eq!(
        Sealer::find_key_id(&first.seal(&here(), &SecretString::from("x"))),
        Some(third)
    );
    let error = load().expect_err("no key").to_string();
    assert!(
        error.contains("secret.key does not hold keys") && error.contains("remove the file"),
        "{error}"
    );
    add_key(&path).expect_err("nothing to add to");
    std::fs::remove_dir_all(folder).expect("removed");
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens(text in any::<String>(), id in any::<String>(), url in any::<String>()) {
        let place = Place::of_token(&id, "cloud", &url, &url, None);
        let sealed = sealer(&[1]).seal(&place, &SecretString::from(text.clone()));
        prop_assert_eq!(opened(&sealer(&[2, 1]), &place, &sealed), Some(text.clone()));
        let new = sealer(&[2, 1]).reseal(&place, &sealed).expect("opens").expect("new");
        prop_assert_eq!(opened(&sealer(&[2]), &place, &new), Some(text));
    }

    #[test]
    fn bytes_of_a_stranger_are_refused(bytes in any::<Vec<u8>>(), version in 1_u8..3) {
        let id = sealer(&[1]).ids()[0];
        let bytes = [&[version][..], &id.0, &bytes].concat();
        prop_assert!(sealer(&[1]).open(&here(), &bytes).is_err());
    }
}
