//! What makes the server call out: who may, through what, and what may come back.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use flate2::{Compress, Compression, FlushCompress};
use reqwest::Method;
use traceline::{
    domain::role::AccountRole,
    server::{
        app::connection::token_place, auth::session::PLAIN_NAME, outbound::OutboundPolicy, store::connection,
    },
};

use super::fill;
use crate::{
    connection::{Form, listen},
    endpoint_roles::{AccountAdmin, TABLE, World, world},
    flood::{MIB, memory_of},
    harness::{Process, TestApp, TestClient},
};

/// Lets the connection of the world lead to an address that may be called.
async fn lead_to(world: &World, address: SocketAddr) {
    let mut tx = world.app.state.database().write().await.unwrap();
    let mut row = connection::find(&mut tx, &world.connection)
        .await
        .unwrap()
        .unwrap();
    row.site_url = format!("http://{address}");
    row.api_base.clone_from(&row.site_url);
    let token = "nothing".to_owned().into();
    row.sealed_token = Some(world.app.state.sealer().seal(&token_place(&row), &token));
    assert!(connection::update(&mut tx, &row).await.unwrap());
    tx.commit().await.unwrap();
}

async fn nothing_is_called_for_whoever_may_not(app: TestApp) {
    let (address, seen) = listen().await;
    let world = world(app).await;
    lead_to(&world, address).await;
    let url = format!("http://{address}");
    let test = [
        ("do", "test"),
        ("form[name]", "A"),
        ("form[deployment]", "data_center"),
        ("form[url]", url.as_str()),
        ("form[token]", "canary"),
    ];
    for row in TABLE {
        let mut fields = fill(row, &world);
        if row.endpoint == "save_connection" {
            fields = test.to_vec();
        }
        for (actor, client) in &world.clients {
            if !row.allowed.contains(actor) {
                let status = client.call(row.endpoint, &fields).await.status.as_u16();
                assert!(
                    matches!(status, 401 | 403 | 404),
                    "{} as {actor:?}: {status}",
                    row.endpoint
                );
            }
            // With the right, but not from a page of ours, and not by a link.
            let path = format!("/api/{}", row.endpoint);
            let body = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&fields)
                .finish();
            let form = ("content-type", "application/x-www-form-urlencoded");
            for origin in ["https://evil.test", "null"] {
                let headers = [form, ("origin", origin), ("sec-fetch-site", "cross-site")];
                let answer = client
                    .send(Method::POST, &path, &headers, Some(body.clone()))
                    .await;
                assert_eq!(answer.status.as_u16(), 403, "{path} from {origin}");
            }
            let status = client.get(&format!("{path}?{body}")).await.status.as_u16();
            assert_eq!(status, 405, "{path} by GET");
        }
    }
    assert!(seen.lock().unwrap().is_empty(), "the listener was called");
    // The same form of somebody who may does call.
    let answer = world.client(AccountAdmin).call("save_connection", &test).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert!(!seen.lock().unwrap().is_empty(), "the listener can be called");
}

fn allow(policy: &mut OutboundPolicy) {
    policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_called_for_whoever_may_not_sqlite() {
    nothing_is_called_for_whoever_may_not(TestApp::sqlite_with(allow).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_called_for_whoever_may_not_postgres() {
    if let Some(app) = TestApp::postgres_with(allow).await {
        nothing_is_called_for_whoever_may_not(app).await;
    }
}

/// The program itself with these settings, and a browser of somebody who may test connections.
async fn start(settings: &[(&str, &str)]) -> (Process, TestClient) {
    let app = TestApp::sqlite().await;
    app.follow_the_machine();
    let person = app.person("Ada", AccountRole::AccountAdmin).await;
    let cookie = app.browser_of(&person).await.cookie(PLAIN_NAME).unwrap();
    let mut server = app.hand_over().await.start(&["serve"], settings);
    let address = server.wait_for_address();
    (
        server,
        TestClient::new(address, Some(format!("{PLAIN_NAME}={cookie}"))),
    )
}

/// A listener that counts who calls, and answers each with `answer` until it is done or the caller goes.
fn serve(
    answer: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let (counted, answer) = (Arc::clone(&calls), Arc::new(answer));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let mut head = [0; 8192];
                let _asked = stream.read(&mut head);
                let _gone = answer(&mut stream);
            });
        }
    });
    (address, calls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxies_of_the_environment_are_not_asked() {
    let (proxy, asked) = serve(|stream| stream.write_all(b"HTTP/1.1 502 X\r\ncontent-length: 0\r\n\r\n"));
    let (jira, called) = serve(|stream| stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n"));
    let proxy = format!("http://{proxy}");
    let mut settings = vec![("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8"), ("NO_PROXY", "")];
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        settings.push((name, &proxy));
    }
    let (server, admin) = start(&settings).await;
    for url in [format!("http://{jira}"), format!("https://{jira}")] {
        let before = called.load(Ordering::SeqCst);
        let found = Form::new("Jira", "data_center", &url, "", "canary")
            .test(&admin)
            .await;
        assert_eq!(found["report"]["verdict"], "failed", "{found}");
        assert!(called.load(Ordering::SeqCst) > before, "{url} itself is called");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    drop(server);
}

/// A brotli stream of zeros: its beginning, and what is repeated for each further MiB.
const BROTLI: (&str, &str) = (
    "f4ff1f004800c46381e4",
    "de07e8ff3f00900088c302d0bd0fd0ff7f002001108705a07b1fa0ffff004002200e0b40f73e40ffff018004401c1680ee7d80feff03000980\
     382c00ddfb00fdff07001200715800baf701faff0f002400e2b00074ef03f4ff1f004800c46101e8",
);

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Zeros as one packed MiB that can follow itself.
fn deflated() -> Vec<u8> {
    let mut packed = Vec::with_capacity(64 * 1024);
    let mut packer = Compress::new(Compression::fast(), false);
    packer
        .compress_vec(&vec![0; 1024 * 1024], &mut packed, FlushCompress::Full)
        .unwrap();
    packed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_from_jira_is_refused_in_bounded_memory() {
    let (server, admin) = start(&[("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8")]).await;
    let gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let plain = vec![0; 1024 * 1024];
    let bombs = [
        ("identity", Vec::new(), plain.clone()),
        ("gzip", gzip, deflated()),
        ("deflate", vec![0x78, 0x9c], deflated()),
        ("br", hex(BROTLI.0), hex(BROTLI.1)),
        ("zstd", Vec::new(), plain),
    ];
    for (encoding, beginning, mebibyte) in bombs {
        let written = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&written);
        let (jira, called) = serve(move |stream| {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: {encoding}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes())?;
            stream.write_all(&beginning)?;
            for _ in 0..1024 {
                stream.write_all(&mebibyte)?;
                count.fetch_add(mebibyte.len() as u64, Ordering::SeqCst);
            }
            Ok(())
        });
        let before = memory_of(&server, "VmRSS");
        let found = Form::new("Bomb", "data_center", &format!("http://{jira}"), "", "canary")
            .test(&admin)
            .await;
        assert_eq!(found["report"]["verdict"], "failed", "{encoding}: {found}");
        assert!(called.load(Ordering::SeqCst) > 0, "{encoding}");
        // What is not packed is cut off where the limit is: what the sockets hold comes on top.
        let written = written.load(Ordering::SeqCst);
        assert!(
            written < 64 * 1024 * 1024 * called.load(Ordering::SeqCst) as u64,
            "{encoding}: {written} bytes taken"
        );
        if let (Some(before), Some(most)) = (before, memory_of(&server, "VmHWM")) {
            println!(
                "{encoding}: {} MiB more memory at most",
                most.saturating_sub(before) / MIB
            );
            assert!(
                most.saturating_sub(before) <= 64 * MIB,
                "{encoding}: {before} KiB before, {most} KiB at most"
            );
        }
    }
    assert_eq!(admin.get("/livez").await.status.as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_heads_from_jira_are_refused_in_bounded_memory() {
    let (server, admin) = start(&[("TRACELINE_ALLOWED_NETWORKS", "127.0.0.0/8")]).await;
    let before = memory_of(&server, "VmRSS");
    for line in [
        "x-many: 1\r\n".to_owned(),
        format!("{}: 1\r\n", "x".repeat(64 * 1024)),
        "x".repeat(1024),
    ] {
        let (jira, _) = serve(move |stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
            (0..1_000_000).try_for_each(|_| stream.write_all(line.as_bytes()))
        });
        let found = Form::new("Bomb", "data_center", &format!("http://{jira}"), "", "canary")
            .test(&admin)
            .await;
        assert_eq!(found["report"]["verdict"], "failed", "{found}");
    }
    if let (Some(before), Some(most)) = (before, memory_of(&server, "VmHWM")) {
        assert!(
            most.saturating_sub(before) <= 64 * MIB,
            "{before} KiB before, {most} KiB at most"
        );
    }
}
