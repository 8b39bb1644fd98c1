// Calls through a table that nearly always go to one function, which only a profile knows: with it the call is inlined, and the loop
// takes about half of the time.

trait Rule {
    fn apply(&self, state: u64, byte: u8) -> u64;
}

struct Letter;
struct Space(u64);
struct Other(u64);

impl Rule for Letter {
    fn apply(&self, state: u64, byte: u8) -> u64 {
        state.wrapping_add(u64::from(byte)).rotate_left(5)
    }
}

impl Rule for Space {
    fn apply(&self, state: u64, byte: u8) -> u64 {
        state ^ self.0.wrapping_mul(u64::from(byte))
    }
}

impl Rule for Other {
    fn apply(&self, state: u64, byte: u8) -> u64 {
        state.wrapping_mul(self.0) ^ u64::from(byte)
    }
}

fn main() {
    let rules: [Box<dyn Rule>; 3] = [Box::new(Letter), Box::new(Space(7)), Box::new(Other(11))];
    let mut arguments = std::env::args().skip(2);
    let path = arguments.next().expect("called as `demo count FILE [ROUNDS]`");
    let rounds = arguments.next().map_or(10, |rounds| rounds.parse().expect("a number of rounds"));
    let text = std::fs::read(path).expect("the file is readable");
    let mut state = 1;
    for _ in 0..rounds {
        for &byte in &text {
            let rule = match byte {
                b'a'..=b'z' => 0,
                b' ' => 1,
                _ => 2,
            };
            state = rules[rule].apply(state, byte);
        }
    }
    println!("{state}");
}
