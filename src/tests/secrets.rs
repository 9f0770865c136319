//! Secrets at rest, on both databases: keys that come and go beside a running server, sealing anew that is killed
//! and made again, and values that were moved or changed in the database.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use traceline::{
    domain::role::AccountRole,
    server::{
        app::{
            self,
            connection::{open_client, token_place},
        },
        random,
        secrets::{KeyRing, KeySource, Sealer, add_key, make_key},
        store::{
            connection::{self, ConnectionRow},
            sealed::{self, SealedColumn},
        },
    },
    ui::paths,
};

use crate::{
    connection::Form,
    harness::{Place, TestApp, audit_log},
    wizard::connect,
};

/// Runs a command beside the server: its exit code, and all that it said.
fn said(place: &Place, words: &[&str]) -> (Option<i32>, String) {
    let output = place.run(words);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

async fn find(app: &TestApp, id: &str) -> ConnectionRow {
    let mut tx = app.state.database().read().await.unwrap();
    connection::find(&mut tx, id).await.unwrap().unwrap()
}

/// Writes a token around the form.
async fn put(app: &TestApp, id: &str, sealed: Vec<u8>) {
    let row = ConnectionRow {
        sealed_token: Some(sealed),
        ..find(app, id).await
    };
    let mut tx = app.state.database().write().await.unwrap();
    assert!(connection::update(&mut tx, &row).await.unwrap());
    tx.commit().await.unwrap();
}

/// This many connections, each with its own token, by id.
async fn fill(app: &TestApp, count: usize) -> HashMap<String, String> {
    let first = connect(app, None).await;
    let pattern = find(app, &first).await;
    let mut tokens = HashMap::from([(first, "nothing".to_owned())]);
    let mut tx = app.state.database().write().await.unwrap();
    for number in 1..count {
        let token = format!("canary-{number}");
        let mut row = ConnectionRow {
            id: random::new_id(),
            name: format!("Jira {number}"),
            ..pattern.clone()
        };
        row.sealed_token = Some(app.state.sealer().seal(&token_place(&row), &token.clone().into()));
        connection::insert(&mut tx, &row).await.unwrap();
        tokens.insert(row.id, token);
    }
    tx.commit().await.unwrap();
    tokens
}

/// As the first format was made, with the first key of the file.
fn seal_before(place: &Place, id: &str, token: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(place.folder.path().join("secret.key")).unwrap();
    let key = STANDARD.decode(text.lines().next().unwrap()).unwrap();
    let mut out = vec![1];
    out.extend_from_slice(&Sha256::digest(&key)[..4]);
    out.extend_from_slice(&[7; 24]);
    let aad = format!("connection.token:{id}");
    let payload = Payload {
        msg: token.as_bytes(),
        aad: aad.as_bytes(),
    };
    let cipher = XChaCha20Poly1305::new_from_slice(&key).unwrap();
    out.extend(cipher.encrypt(&XNonce::from([7; 24]), payload).unwrap());
    out
}

/// All tokens open to what they are, with the keys of the file alone.
async fn check_tokens(app: &TestApp, tokens: &HashMap<String, String>) {
    let place = app.place();
    let sealer = Sealer::load_existing(&KeySource::DataFolder, place.folder.path()).unwrap();
    for (id, token) in tokens {
        let row = find(app, id).await;
        let opened = sealer
            .open(&token_place(&row), row.sealed_token.as_deref().unwrap())
            .unwrap();
        assert_eq!(opened.expose_secret(), token);
        open_client(&app.state, id).await.unwrap();
    }
}

on_both! {
    async fn a_new_key_takes_over_beside_a_running_server_and_the_old_one_may_go(app: TestApp) {
        let place = app.place();
        let file = place.folder.path().join("secret.key");
        let mut tokens = fill(&app, 3).await;
        let oldest = tokens.keys().next().unwrap().clone();
        put(&app, &oldest, seal_before(&place, &oldest, "from before")).await;
        tokens.insert(oldest, "from before".to_owned());
        app.follow_the_machine();
        let admin = app.browser_of(&app.person("Ada Admin", AccountRole::AccountAdmin).await).await;
        let other = app.person("Bo Other", AccountRole::User).await;
        admin.call("create_link", &[("person", &other)]).await;
        let old = app.state.sealer().ids()[0].to_string();
        let (code, text) = said(&place, &["secrets", "check"]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains(&format!("{old} (present key)")) && text.contains("1 secret can be sealed"), "{text}");

        let (code, text) = said(&place, &["secrets", "new-key"]);
        assert_eq!(code, Some(0), "{text}");
        let lines = std::fs::read_to_string(&file).unwrap();
        assert_eq!(lines.lines().count(), 2);
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&file).unwrap());
        assert_eq!(mode & 0o777, 0o600);
        // The server that runs seals with it from now on.
        let row = find(&app, tokens.keys().last().unwrap()).await;
        let sealed = app.state.sealer().seal(&token_place(&row), &"typed anew".to_owned().into());
        assert_ne!(Sealer::find_key_id(&sealed).unwrap().to_string(), old);
        put(&app, &row.id, sealed).await;
        tokens.insert(row.id, "typed anew".to_owned());

        let (code, text) = said(&place, &["secrets", "rotate"]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains(&format!("The key {old} may be removed")), "{text}");
        let again = said(&place, &["secrets", "rotate"]).1;
        assert!(again.contains("0 secrets sealed anew"), "{again}");
        for told in [&text, &again] {
            assert!(lines.lines().all(|key| !told.contains(key)) && !told.contains("canary"), "{told}");
        }
        std::fs::write(&file, lines.lines().next().unwrap()).unwrap();
        check_tokens(&app, &tokens).await;
        let (code, text) = said(&place, &["secrets", "check"]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("(present key): 5 secrets"), "three tokens, a link, a key of the audit log: {text}");
        assert!(!text.contains(&old), "{text}");
        let (code, text) = said(&place, &["audit", "verify"]);
        assert_eq!(code, Some(0), "{text}");
        let told: Vec<_> = audit_log(&app).await.into_iter().filter(|row| row.action == "secrets.resealed").collect();
        assert_eq!(told.len(), 1, "a run that changes nothing tells nothing");
        assert_eq!(told[0].person_name, "The operator");
        assert!(told[0].detail.contains("0 do not open"), "{told:?}");
    }
}

on_both! {
    async fn sealing_anew_is_killed_anywhere_and_made_again(app: TestApp) {
        let place = app.place();
        let tokens = fill(&app, 160).await;
        add_key(&place.folder.path().join("secret.key")).unwrap();
        let sealer = Sealer::load_existing(&KeySource::DataFolder, place.folder.path()).unwrap();
        for point in [1, 7] {
            let (database, sealer, now) = (app.state.database().clone(), sealer.clone(), app.now());
            let killed = tokio::spawn(async move {
                app::secrets::rotate(&database, &sealer, now, |done| assert!(done < point, "killed")).await
            });
            assert!(killed.await.unwrap_err().is_panic());
            check_tokens(&app, &tokens).await;
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_traceline"));
        command.args(["secrets", "rotate"]).env_clear();
        command.env("TRACELINE_DATA_DIR", place.folder.path()).env("DATABASE_URL", place.database_url.as_deref().unwrap());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(line, "50 secrets so far\n");
        let counted = app::secrets::count(app.state.database(), &sealer, app.now()).await.unwrap();
        assert!((58..=161).contains(&counted.current) && counted.unopened.is_empty(), "{counted:?}");
        check_tokens(&app, &tokens).await;
        let (code, text) = said(&place, &["secrets", "rotate"]);
        assert!(code == Some(0) && text.contains("may be removed"), "{text}");
        check_tokens(&app, &tokens).await;
    }
}

on_both! {
    async fn a_token_that_is_replaced_meanwhile_stays(app: TestApp) {
        let place = app.place();
        let mut tokens = fill(&app, 20).await;
        add_key(&place.folder.path().join("secret.key")).unwrap();
        let sealer = Sealer::load_existing(&KeySource::DataFolder, place.folder.path()).unwrap();
        let mut tx = app.state.database().read().await.unwrap();
        let read = sealed::list(&mut tx, SealedColumn::Token, "", 1, app.now()).await.unwrap().remove(0);
        drop(tx);
        let late = sealer.reseal(&read.place, &read.sealed).unwrap().unwrap();
        let (database, beside, now) = (app.state.database().clone(), sealer.clone(), app.now());
        let rotating = tokio::spawn(async move { app::secrets::rotate(&database, &beside, now, |_| {}).await });
        for (id, token) in &mut tokens {
            *token = format!("{token} anew");
            let row = find(&app, id).await;
            put(&app, id, app.state.sealer().seal(&token_place(&row), &token.clone().into())).await;
        }
        let rotated = rotating.await.unwrap().unwrap();
        assert!(rotated.now.unopened.is_empty() && rotated.now.current == 21, "{rotated:?}");
        // One that read the value before and writes it now.
        let mut tx = app.state.database().write().await.unwrap();
        assert!(!sealed::replace(&mut tx, SealedColumn::Token, &read, &late).await.unwrap());
        tx.commit().await.unwrap();
        check_tokens(&app, &tokens).await;
    }
}

on_both! {
    async fn what_was_moved_or_changed_in_the_database_does_not_open(app: TestApp) {
        let tokens = fill(&app, 8).await;
        let ids: Vec<String> = tokens.keys().cloned().collect();
        let sealer = app.state.sealer();
        let foreign = Sealer::new(KeyRing::parse_keys(&[make_key()]).unwrap());
        let first = find(&app, &ids[0]).await;
        let mut flipped = first.sealed_token.clone().unwrap();
        flipped[60] ^= 1;
        put(&app, &ids[0], flipped).await;
        put(&app, &ids[1], first.sealed_token.clone().unwrap()).await;
        app.run("UPDATE connection SET site_url = 'http://127.0.0.1:10' WHERE id = $1", &[&ids[2]]).await;
        app.run("UPDATE connection SET api_base = 'http://evil.test' WHERE id = $1", &[&ids[3]]).await;
        put(&app, &ids[4], foreign.seal(&token_place(&find(&app, &ids[4]).await), &"x".to_owned().into())).await;
        put(&app, &ids[5], Vec::new()).await;
        app.run("UPDATE connection SET sealed_token = (SELECT sealed FROM audit_key) WHERE id = $1", &[&ids[6]]).await;
        let before = find(&app, &ids[4]).await.sealed_token;

        let browser = app.browser_of(&app.person("Ada Admin", AccountRole::AccountAdmin).await).await;
        for (at, id) in ids.iter().enumerate() {
            let opened = open_client(&app.state, id).await;
            let row = find(&app, id).await;
            if at == 7 {
                opened.unwrap();
                continue;
            }
            opened.unwrap_err();
            let wanted = if at == 4 {
                format!("sealed with a key that this server does not have: {}", foreign.ids()[0])
            } else {
                "was changed in the database".to_owned()
            };
            assert_eq!(row.status, "error");
            assert!(row.status_reason.contains(&wanted) && row.status_next.contains("Enter the token again"), "{row:?}");
            let page = browser.get(paths::CONNECTIONS).await.body;
            assert!(page.contains(&wanted), "{page}");
            // A test with the stored token asks for it, and sends nothing.
            let form = Form::new(&row.name, &row.deployment, &row.site_url, "", "").edits(&row);
            let (status, text) = form.save(&browser, "token").await;
            assert_eq!(status, 422);
            assert!(text.contains(&wanted) && text.contains("Enter the token again"), "{at}: {text}");
        }
        add_key(&app.place().folder.path().join("secret.key")).unwrap();
        let (code, text) = said(&app.place(), &["secrets", "rotate"]);
        assert_eq!(code, Some(1), "{text}");
        for id in &ids[..7] {
            let name = find(&app, id).await.name;
            assert!(text.contains(&format!("Does not open: the token of the connection {name}:")), "{text}");
        }
        assert!(text.contains("7 secrets do not open") && text.contains("must stay"), "{text}");
        assert_eq!(find(&app, &ids[4]).await.sealed_token, before, "what does not open stays as it is");
        open_client(&app.state, &ids[7]).await.unwrap();
        let secret: SecretString = "typed anew".to_owned().into();
        put(&app, &ids[1], sealer.seal(&token_place(&find(&app, &ids[1]).await), &secret)).await;
        open_client(&app.state, &ids[1]).await.unwrap();
    }
}

#[test]
fn keys_in_the_settings_are_printed_to_be_set_and_written_nowhere() {
    let place = Place::empty();
    let old = make_key();
    let mut command = Command::new(env!("CARGO_BIN_EXE_traceline"));
    command.args(["secrets", "new-key"]).env_clear();
    command
        .env("TRACELINE_DATA_DIR", place.folder.path())
        .env("TRACELINE_SECRET_KEY", old.expose_secret());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && !text.contains(old.expose_secret()),
        "{text}"
    );
    let new = text
        .lines()
        .find_map(|line| line.strip_prefix("TRACELINE_SECRET_KEY="));
    KeyRing::parse_keys(&[new.unwrap().into(), old]).unwrap();
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), 0);
}

on_both! {
    async fn a_server_without_the_key_starts_and_says_so_once(app: TestApp) {
        let id = connect(&app, None).await;
        let place = app.hand_over().await;
        let file = place.folder.path().join("secret.key");
        std::fs::write(&file, make_key().expose_secret()).unwrap();
        let mut server = place.start(&["serve"], &[]);
        server.wait_for_address();
        // The background check meets it soon after the start, and again and again; said once.
        let words = "does not have; `traceline secrets check`";
        while !server.said().contains(words) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(server.said().matches(words).count(), 1, "{}", server.said());
        let (code, text) = said(&place, &["secrets", "check"]);
        assert_eq!(code, Some(1), "{id}: {text}");
        assert!(text.contains("(a key that is not here): 2 secrets") && text.contains("Halden Jira"), "{text}");
        // Damaged files are told by line, and nothing is taken from them.
        std::fs::write(&file, "hush-hush\n").unwrap();
        for words in [["secrets", "check"], ["secrets", "rotate"], ["secrets", "new-key"]] {
            let (code, text) = said(&place, &words);
            assert_eq!(code, Some(1));
            assert!(text.contains("number 1 is no key") && !text.contains("hush-hush"), "{text}");
        }
    }
}
