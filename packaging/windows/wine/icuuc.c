/* ICU's converters, all of them missing. Windows has this DLL since 10, version 1703; Wine 8 has
   none. Qt 6.10 and newer links to it for text encodings other than Unicode and Latin-1. */
#define EXPORT __declspec(dllexport)

enum { U_FILE_ACCESS_ERROR = 4 };

EXPORT void *ucnv_open(const char *name, int *error) { *error = U_FILE_ACCESS_ERROR; return 0; }
EXPORT const char *ucnv_getName(void *codec, int *error) { *error = U_FILE_ACCESS_ERROR; return 0; }
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *error)
{
    *error = U_FILE_ACCESS_ERROR;
    return 0;
}
EXPORT const char *ucnv_getAvailableName(int index) { return 0; }
EXPORT int ucnv_countAvailable(void) { return 0; }
EXPORT signed char ucnv_getMaxCharSize(void *codec) { return 4; }

/* Never called: each takes what ucnv_open returns. */
#define UNREACHED(name) EXPORT int name(void) { return 0; }
UNREACHED(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
UNREACHED(UCNV_TO_U_CALLBACK_SUBSTITUTE)
UNREACHED(u_errorName)
UNREACHED(ucnv_cbFromUWriteUChars)
UNREACHED(ucnv_cbToUWriteUChars)
UNREACHED(ucnv_close)
UNREACHED(ucnv_fromUCountPending)
UNREACHED(ucnv_fromUnicode)
UNREACHED(ucnv_getFromUCallBack)
UNREACHED(ucnv_getToUCallBack)
UNREACHED(ucnv_reset)
UNREACHED(ucnv_setFromUCallBack)
UNREACHED(ucnv_setToUCallBack)
UNREACHED(ucnv_toUCountPending)
UNREACHED(ucnv_toUnicode)
