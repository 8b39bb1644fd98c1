fn main() {
    cc::Build::new().file("src/longest.c").compile("longest");
}
