//! HTTP as nobody speaks it by accident, against the program itself: each is refused, nothing is read as a second
//! request, and the memory stays.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    flood::{MIB, memory_of},
    harness::{Process, TestApp, TestClient},
};

async fn start() -> (Process, SocketAddr) {
    let app = TestApp::sqlite().await;
    app.follow_the_machine();
    let mut server = app.hand_over().await.start(&["serve"], &[]);
    let address = server.wait_for_address();
    (server, address)
}

/// Sends bytes, as many as are taken, and reads until the server ends the connection.
async fn say(address: SocketAddr, said: &[u8]) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let mut answer = Vec::new();
    let sending = async {
        let _taken = write.write_all(said).await;
    };
    let reading = async {
        let _ended = read.read_to_end(&mut answer).await;
    };
    tokio::join!(sending, reading);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    let word = answer.split(' ').nth(1).unwrap_or_default();
    word.parse().unwrap_or_else(|_| panic!("no answer: {answer:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_that_no_page_uses_are_refused() {
    let (_server, address) = start().await;
    for method in [
        "TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "get",
    ] {
        for path in [
            "/",
            "/sign-in",
            "/livez",
            "/error.css",
            "/api/sign_in",
            "/nothing",
        ] {
            let said = format!(
                "{method} {path} HTTP/1.1\r\nhost: a\r\nx-canary: canary\r\nconnection: close\r\n\r\n"
            );
            let answer = say(address, said.as_bytes()).await;
            assert!((400..500).contains(&status(&answer)), "{method} {path}: {answer}");
            assert!(
                !answer.contains("canary"),
                "{method} {path} is sent back: {answer}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_hides_no_second_one() {
    let (_server, address) = start().await;
    let second = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n";
    // Heads whose end is not certain, and whether they must be refused as such.
    let heads: &[(&str, bool)] = &[
        ("content-length: 5\r\ncontent-length: 0\r\n", true),
        ("content-length: 0, 5\r\n", true),
        ("content-length: -1\r\n", true),
        ("content-length: +5\r\n", true),
        ("content-length: 0x5\r\n", true),
        ("content-length: 99999999999999999999999\r\n", true),
        ("content-length : 5\r\n", true),
        ("transfer-encoding: chunked, identity\r\n", true),
        ("transfer-encoding: identity\r\n", true),
        ("transfer-encoding: xchunked\r\n", true),
        ("transfer-encoding : chunked\r\n", true),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
            true,
        ),
        (" folded: 1\r\ncontent-length: 0\r\n", true),
        ("x: 1\r\n content-length: 0\r\n", true),
        ("x: 1\0\r\n", true),
        ("content-length: 5\r\ntransfer-encoding: chunked\r\n", false),
        ("transfer-encoding: chunked\r\ncontent-length: 5\r\n", false),
        (
            "transfer-encoding: chunked\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n",
            false,
        ),
        ("Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n", false),
    ];
    for (head, refused) in heads {
        let said = format!("POST /api/sign_in HTTP/1.1\r\nhost: a\r\n{head}\r\n0\r\n\r\n{second}");
        let answer = say(address, said.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head:?}: {answer}");
        assert!(
            !answer.contains("ok\n"),
            "{head:?} lets the second request through: {answer}"
        );
        assert!((400..500).contains(&status(&answer)), "{head:?}: {answer}");
        if *refused {
            assert_eq!(status(&answer), 400, "{head:?}: {answer}");
        }
    }
    let odd = format!(
        "POST /api/sign_in HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{second}"
    );
    assert_eq!(status(&say(address, odd.as_bytes()).await), 400);
    // One after another on one connection is what browsers do.
    let two = format!("{second}GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert_eq!(say(address, two.as_bytes()).await.matches("ok\n").count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_have_an_end() {
    let (server, address) = start().await;
    let before = memory_of(&server, "VmRSS");
    let get = "GET /livez HTTP/1.1\r\nhost: a\r\n";
    let heads = [
        format!("{get}{}\r\n", "x: 1\r\n".repeat(10_000)),
        format!("{get}x: {}\r\n\r\n", "y".repeat(1024 * 1024)),
        format!("{get}{}: 1\r\n\r\n", "y".repeat(1024 * 1024)),
        format!("{get}cookie: {}\r\n\r\n", "a=b; ".repeat(200_000)),
        format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(1024 * 1024)),
        format!("GET /?{} HTTP/1.1\r\nhost: a\r\n\r\n", "y=1&".repeat(256 * 1024)),
        format!("{} / HTTP/1.1\r\nhost: a\r\n\r\n", "Y".repeat(1024 * 1024)),
    ];
    for head in &heads {
        let begins = &head[..60];
        let answers = futures::future::join_all((0..20).map(|_| say(address, head.as_bytes()))).await;
        for answer in answers {
            // Whoever still sends while being told may see the end of the connection alone.
            assert!(
                answer.is_empty() || (400..500).contains(&status(&answer)),
                "{begins}: {answer}"
            );
        }
    }
    let odd = format!("{get}{}\r\n", "x: 1\r\n".repeat(200));
    assert_eq!(status(&say(address, odd.as_bytes()).await), 431);
    if let (Some(before), Some(most)) = (before, memory_of(&server, "VmHWM")) {
        println!("{} MiB more memory at most", most.saturating_sub(before) / MIB);
        assert!(
            most.saturating_sub(before) <= 64 * MIB,
            "{before} KiB before, {most} KiB at most"
        );
    }
    assert_eq!(TestClient::new(address, None).get("/livez").await.body, "ok\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_is_not_spoken_however_much_of_it_comes() {
    let (server, address) = start().await;
    let before = memory_of(&server, "VmRSS");
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // HEADERS without an end, and CONTINUATION after CONTINUATION; empty DATA after DATA.
    let continuations = [
        &[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82][..],
        &[0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82].repeat(1_000_000),
    ]
    .concat();
    let empty = [
        &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x82][..],
        &[0, 0, 0, 0, 0, 0, 0, 0, 1].repeat(1_000_000),
    ]
    .concat();
    for frames in [continuations, empty] {
        let answer = say(address, &[&preface[..], &settings, &frames].concat()).await;
        assert!(
            answer.is_empty() || (400..506).contains(&status(&answer)),
            "{answer:?}"
        );
    }
    // Neither does an offer to change to it.
    let offer = "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n";
    let answer = say(address, offer.as_bytes()).await;
    assert_eq!(status(&answer), 200, "{answer}");
    if let (Some(before), Some(most)) = (before, memory_of(&server, "VmHWM")) {
        assert!(
            most.saturating_sub(before) <= 64 * MIB,
            "{before} KiB before, {most} KiB at most"
        );
    }
    assert_eq!(TestClient::new(address, None).get("/livez").await.body, "ok\n");
}
