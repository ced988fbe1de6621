//! `return` and `?` inside of closures and async blocks leave those, not the attempt.

use std::io;

use resilience_runtime::resilient;
use resilience_ui_tests::Flaky;

static FLAKY: Flaky = Flaky::new(1);

#[resilient(retry = "fixed", timeout = "1s")]
async fn load(texts: Vec<&'static str>) -> io::Result<u32> {
    FLAKY.run()?;
    let parse = |text: &str| {
        if text.is_empty() {
            return Ok(0);
        }
        text.parse::<u32>()
    };
    let mut sum = 0;
    for text in texts {
        let parsed = async { Ok::<_, std::num::ParseIntError>(parse(text)? + 1) };
        match parsed.await {
            Ok(number) => sum += number,
            Err(_) => return Err(io::ErrorKind::InvalidInput.into()),
        }
        if sum > 100 {
            break;
        }
    }
    'found: {
        if sum == 4 {
            break 'found;
        }
        sum += 1;
    }
    Ok(sum)
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    assert_eq!(load(vec!["", "2"]).await.unwrap(), 4);
    assert_eq!(FLAKY.runs(), 2);
    assert_eq!(load(vec!["x"]).await.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}
