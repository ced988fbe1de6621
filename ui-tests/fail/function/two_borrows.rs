use resilience_runtime::resilient;

#[resilient(retry = "exp")]
async fn load(list: &mut Vec<u64>) -> std::io::Result<u64> {
    let first = &list[0];
    list.push(1); //~ ERROR cannot borrow `*list` as mutable
    Ok(*first)
}

fn main() {}
