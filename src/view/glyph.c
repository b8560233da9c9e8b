/* Our glyphs and their ASCII forms. */
#include "view/style.h"

#include "view/text.h"

static const struct {
	uint32_t code; /* code point, one column wide */
	char ascii;    /* what stands for it without Unicode */
} glyphs[NR_GLYPHS] = {
#define GLYPH(id, code, ascii) [GL_##id] = { code, ascii },
	GLYPH_LIST(GLYPH)
#undef GLYPH
};

uint32_t glyph_code(enum glyph g)
{
	return glyphs[g].code;
}

char glyph_ascii(enum glyph g)
{
	return glyphs[g].ascii;
}

int glyph_find(uint32_t code)
{
	for (int g = 0; g < NR_GLYPHS; g++)
		if (glyphs[g].code == code)
			return g;
	return -1;
}

const char *glyph_text(enum glyph g, bool ascii)
{
	static char text[2][NR_GLYPHS][TEXT_UTF8]; /* made when asked for */
	char *s = text[ascii][g];

	if (!s[0])
		text_encode(
			ascii ? (unsigned char)glyphs[g].ascii : glyphs[g].code,
			s);
	return s;
}
