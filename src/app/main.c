#include <stdio.h>

int main(void) {
    puts(BROADSHEET_VERSION);
    return 0;
}
