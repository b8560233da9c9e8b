/* rmapscope: from the command line to who does it. */
#include "cli/cli.h"

#include "cli/values.h"
#include "view/lang.h"
#include "view/nearest.h"

/* The command that is named, or the screen, whose word is a scenario. */
static const struct verb *choose(struct options *o)
{
	const struct verb *v = o->nr_args ? verb_find(o->args[0]) : NULL;

	if (!v || !*v->name)
		return verb_find("");
	o->args++;
	o->nr_args--;
	return v;
}

/* A second word after what is no command: a misspelt one. */
static int say_unknown(const char *word)
{
	struct nearest near;

	nearest_start(&near, word);
	for (const struct verb *v = verb_table; v->name; v++)
		nearest_try(&near, v->name);
	if (nearest_name(&near))
		cli_error("unknown command \"%s\"; did you mean %s?", word,
			nearest_name(&near));
	else
		cli_error("unknown command \"%s\"; there are run, test, "
			  "compare, export, record, attach, live, list, new, check",
			word);
	return CLI_USAGE;
}

static int say_count(const struct verb *v, int n)
{
	if (n < v->min_args)
		cli_error("%s needs %s; try rmapscope %s --help", v->name,
			v->args, v->name);
	else if (*v->args)
		cli_error("%s takes %s, not %d arguments; try rmapscope %s "
			  "--help", v->name, v->args, n, v->name);
	else
		cli_error("%s takes no arguments; try rmapscope %s --help",
			v->name, v->name);
	return CLI_USAGE;
}

static int dispatch(struct options *o)
{
	const struct verb *v = choose(o);

	if (option_given(o, OPT_VERSION)) {
		cli_version();
		return CLI_OK;
	}
	if (option_given(o, OPT_HELP)) {
		cli_help(v);
		return CLI_OK;
	}
	if (!*v->name && o->nr_args > 1)
		return say_unknown(o->args[0]);
	if (!options_fit(o, v) || !era_arch_fit(o))
		return CLI_USAGE;
	if (o->nr_args < v->min_args || o->nr_args > v->max_args)
		return say_count(v, o->nr_args);
	return v->run(o);
}

int main(int argc, char **argv)
{
	struct options o;

	cli_start();
	if (!options_parse(&o, argc, argv))
		return CLI_USAGE;
	if (!option_given(&o, OPT_LANG))
		o.lang = lang_wanted();
	lang_use(o.lang);
	return cli_finish(dispatch(&o));
}
