/* Only for tests: in the place of configure587c.exe, it writes down how it was called. */
#include <stdio.h>
#include <wchar.h>

int wmain(int count, wchar_t **words)
{
    FILE *file = _wfopen(L"C:\\called.txt", L"a, ccs=UTF-8");
    if (file == NULL)
        return 1;
    for (int each = 1; each < count; each++)
        fwprintf(file, L"%ls|", words[each]);
    fwprintf(file, L"\n");
    fclose(file);
    return 13; /* such as: a mail program is open */
}
