//! Keys of a method over those of its block.

use std::io;

use resilience_runtime::resilient;

macro_rules! case {
    ($name:ident, [$($block:tt)*], [$($own:tt)*]) => {
        mod $name {
            use super::*;
            pub struct Client;
            #[resilient($($block)*)]
            impl Client {
                pub async fn plain(&self) -> io::Result<u32> { Ok(1) }
                #[resilient($($own)*)]
                pub async fn load(&self) -> io::Result<u32> { Ok(1) }
            }
        }
    };
}

case!(group_of_settings, [breaker("probe-a", window = 100)], [breaker(open_for = "5s")]);
case!(main_setting_first, [bulkhead("probe-b", max = 10, queue = 3, wait = "1s")], [bulkhead = 5]);
case!(main_setting_by_key, [bulkhead(10, queue = 3, wait = "1s")], [bulkhead(max = 5)]);
case!(only_a_name, [bulkhead(10, queue = 3, wait = "1s")], [bulkhead = "probe-c"]);
case!(when_without_retry, [retry = "exp", when = |_| true], [retry = "none"]);
case!(budget_with_one, [retry = "exp", budget = "20%"], [max = 1]);
case!(another_factor, [retry("exp", factor = 3.0, jitter = "none")], [retry = "exp_jitter"]);
case!(fixed, [retry("exp", factor = 3.0)], [retry = "fixed"]);
case!(on_again, [preset = "critical", breaker = "none"], [breaker("probe-d", consecutive = 3)]);
case!(shorter_than_the_bound, [retry = "exp", retry_after_max = "1m"], [deadline = "30s"]);
case!(nothing_left, [timeout = "1s", map_rejected = io::Error::other], [timeout = "none"]);

fn main() {}
