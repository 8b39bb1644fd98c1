//! Finds the longest word of a file, in C.

use std::ffi::{CStr, CString, c_char};

unsafe extern "C" {
    fn longest_word(text: *const c_char) -> usize;
    fn where_it_was_compiled() -> *const c_char;
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, path] = arguments.as_slice() else { std::process::exit(2) };
    assert_eq!(command, "count");
    let text = CString::new(std::fs::read(path).expect("the file is readable")).expect("text has no zero byte");
    // SAFETY: the text ends with a zero byte.
    let longest = unsafe { longest_word(text.as_ptr()) };
    // SAFETY: the function returns a constant text.
    let file = unsafe { CStr::from_ptr(where_it_was_compiled()) };
    println!("longest {longest}, told by {}", file.to_string_lossy());
}
