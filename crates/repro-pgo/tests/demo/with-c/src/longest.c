#include <stddef.h>

/* Its own function, so that the profile holds a name that only this file knows. */
__attribute__((noinline)) static size_t length(const char *word) {
    size_t length = 0;
    while (word[length] > ' ') {
        length++;
    }
    return length;
}

size_t longest_word(const char *text) {
    size_t longest = 0;
    while (*text) {
        size_t here = length(text);
        if (here > longest) {
            longest = here;
        }
        text += here ? here : 1;
    }
    return longest;
}

const char *where_it_was_compiled(void) {
    return __FILE__;
}
