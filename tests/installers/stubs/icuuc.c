/* Only for tests: icuuc.dll is a part of Windows 10 that Wine 8 has not, and Qt is linked to it.
 *
 * It knows no code page. Qt asks it only about those that it does not know itself; UTF-8, UTF-16,
 * Latin-1 and that of the system it knows.
 */
typedef int status;

enum { file_access_error = 4, unsupported = 16 };

#define OFFER __declspec(dllexport)
#define NEVER_CALLED(name) OFFER void name(void) { __builtin_trap(); } /* there is no converter */

OFFER void *ucnv_open(const char *name, status *error)
{
    (void)name;
    *error = file_access_error;
    return 0;
}

OFFER int ucnv_countAvailable(void) { return 0; }

OFFER const char *ucnv_getAvailableName(int number)
{
    (void)number;
    return 0;
}

OFFER const char *ucnv_getStandardName(const char *name, const char *standard, status *error)
{
    (void)name, (void)standard;
    *error = unsupported;
    return 0;
}

OFFER void ucnv_close(void *converter) { (void)converter; }
NEVER_CALLED(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
NEVER_CALLED(UCNV_TO_U_CALLBACK_SUBSTITUTE)
NEVER_CALLED(ucnv_cbToUWriteUChars)
NEVER_CALLED(ucnv_fromUCountPending)
NEVER_CALLED(ucnv_fromUnicode)
NEVER_CALLED(ucnv_getFromUCallBack)
NEVER_CALLED(ucnv_getMaxCharSize)
NEVER_CALLED(ucnv_getName)
NEVER_CALLED(ucnv_getToUCallBack)
NEVER_CALLED(ucnv_reset)
NEVER_CALLED(ucnv_setFromUCallBack)
NEVER_CALLED(ucnv_setToUCallBack)
NEVER_CALLED(ucnv_toUCountPending)
NEVER_CALLED(ucnv_toUnicode)
