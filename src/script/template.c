/* What `rmapscope new` writes. */
#include "script/script.h"

static const char template[] =
	"-- A scenario of rmapscope.  Each call that changes the machine is "
	"one\n"
	"-- step; what is said belongs to the step that follows.\n"
	"--   rmapscope FILE        step through it\n"
	"--   rmapscope run FILE    run it to its end\n"
	"--   rmapscope check FILE  look for misspelt names\n"
	"\n"
	"scenario {\n"
	"\ttitle = \"Two tasks share a page\",\n"
	"\tsummary = \"A fork, and the write that ends the sharing.\",\n"
	"\t-- where it means something; the first is the default\n"
	"\teras = { \"4.0\", \"2.6.11\", \"6.18\" },\n"
	"\tram = \"16M\",\n"
	"}\n"
	"\n"
	"scene \"One task, one page\"\n"
	"say \"The first write to a page gives it a frame.\"\n"
	"local parent = spawn \"parent\"\n"
	"local heap = parent:mmap { pages = 1, name = \"heap\" }\n"
	"parent:write(heap[0], \"A\") -- heap[0]: the address of its page 0\n"
	"\n"
	"scene \"Fork\"\n"
	"say \"Now two page tables point at the same frame.\"\n"
	"local child = parent:fork \"child\"\n"
	"expect_eq(page_at(child, heap[0]).mapcount, 2)\n"
	"\n"
	"scene \"The child writes\"\n"
	"ask {\n"
	"\t\"Who gets a new frame?\",\n"
	"\tchoices = { \"the parent\", \"the child\" },\n"
	"\tanswer = 2,\n"
	"\twhy = \"The one that writes gets a copy; the other keeps the \"\n"
	"\t\t.. \"old frame.\",\n"
	"}\n"
	"child:write(heap[0], \"B\")\n"
	"expect_eq(parent:read(heap[0]), \"A\", \"the parent sees its own "
	"value\")\n"
	"expect_eq(page_at(parent, heap[0]).mapcount, 1)\n";

const char *script_template(void)
{
	return template;
}
