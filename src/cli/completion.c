/* Completion for shells, written from the tables of options and commands. */
#include "cli/cli.h"

#include "core/cost.h"
#include "script/script.h"
#include "tui/pane.h"
#include "view/buf.h"

#include <string.h>

static void add_word(struct buf *b, const char *word)
{
	if (b->len)
		buf_putc(b, ' ');
	buf_puts(b, word);
}

static void add_eras(struct buf *b)
{
	for (unsigned i = 0; era_at(i); i++)
		add_word(b, era_at(i)->name);
}

static void add_panes(struct buf *b)
{
	for (size_t i = 0; panes[i]; i++)
		add_word(b, panes[i]->name);
}

static void add_costs(struct buf *b)
{
	for (unsigned i = 0; i < NR_COSTS; i++)
		add_word(b, cost_name((enum cost_id)i));
}

static void add_themes(struct buf *b)
{
	char **names = script_theme_names();

	for (size_t i = 0; names && names[i]; i++)
		add_word(b, names[i]);
	script_names_free(names);
}

/* The words that @values stands for; none for files and scenarios, which
 * each shell finds itself. */
static void add_values(struct buf *b, const char *values)
{
	static const struct {
		const char *values;
		void (*add)(struct buf *b);
	} kinds[] = {
		{ "@era", add_eras },
		{ "@pane", add_panes },
		{ "@cost", add_costs },
		{ "@theme", add_themes },
	};

	if (values && *values != '@')
		buf_puts(b, values);
	for (size_t i = 0; values && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(values, kinds[i].values))
			kinds[i].add(b);
	if (!b->data)
		buf_puts(b, "");
}

static bool takes(const struct verb *v, int option)
{
	return (v->options | OPT(HELP) | OPT(VERSION)) >> option & 1;
}

static bool is(const char *values, const char *kind)
{
	return values && !strcmp(values, kind);
}

/* -- bash ----------------------------------------------------------------- */

static void bash_option(int i)
{
	const struct option_row *row = &option_table[i];
	struct buf b = { 0 };

	if (!row->arg || row->optional)
		return;
	add_values(&b, row->values);
	printf("\t--%s", row->name);
	if (row->letter)
		printf("|-%c", row->letter);
	if (is(row->values, "@file"))
		puts(")\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\")); return ;;");
	else
		printf(")\n\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\")); "
		       "return ;;\n",
			b.data);
	buf_free(&b);
}

static void bash_verb(const struct verb *v)
{
	struct buf b = { 0 };

	add_values(&b, v->values);
	printf("\t%s)\n\t\toptions='", *v->name ? v->name : "''");
	for (int i = 0; i < NR_OPTIONS; i++)
		if (takes(v, i))
			printf("--%s ", option_table[i].name);
	printf("'\n\t\twords='%s' kind='%s' ;;\n", b.data,
		v->values && *v->values == '@' ? v->values : "");
	buf_free(&b);
}

static void put_bash(void)
{
	puts("# bash completion for rmapscope, written by the program\n"
	     "_rmapscope()\n{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command= i\n"
	     "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]} options words kind\n"
	     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	     "\t\tcase ${COMP_WORDS[i]} in");
	for (const struct verb *v = verb_table; v->name; v++)
		if (*v->name)
			printf("\t\t%s) command=%s; break ;;\n", v->name,
				v->name);
	puts("\t\tesac\n\tdone\n\tcase $prev in");
	for (int i = 0; i < NR_OPTIONS; i++)
		bash_option(i);
	puts("\tesac\n\tcase $command in");
	for (const struct verb *v = verb_table; v->name; v++)
		bash_verb(v);
	fputs("\tesac\n"
	      "\tif [[ $cur == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	      "\t\treturn\n\tfi\n"
	      "\t[[ $kind == @scenario ]] &&\n"
	      "\t\twords+=\" $(rmapscope list -q 2>/dev/null)\"\n"
	      "\t[[ -z $command ]] && words+=\"",
		stdout);
	for (const struct verb *v = verb_table; v->name; v++)
		if (*v->name && !v->hidden)
			printf(" %s", v->name);
	puts("\"\n"
	     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "\t[[ $kind == @* ]] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
	     "}\ncomplete -o filenames -F _rmapscope rmapscope");
}

/* -- zsh ------------------------------------------------------------------ */

/* Text in single quotes inside of a specification of _arguments. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr("[]:", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

/* ":NAME:ACTION" of an argument. */
static void zsh_values(const char *name, const char *values)
{
	struct buf b = { 0 };

	add_values(&b, values);
	putchar(':');
	zsh_text(name);
	if (is(values, "@file"))
		fputs(":_files", stdout);
	else if (is(values, "@scenario"))
		fputs(":_rmapscope_scenarios", stdout);
	else
		printf(":(%s)", b.data);
	buf_free(&b);
}

static void zsh_option(int i)
{
	const struct option_row *row = &option_table[i];

	fputs("\t\t", stdout);
	if (row->letter)
		printf("'(-%c --%s)'{-%c,--%s%s}'[", row->letter, row->name,
			row->letter, row->name, row->arg ? "=" : "");
	else
		printf("'--%s%s[", row->name,
			!row->arg	? ""
			: row->optional ? "=-"
					: "=");
	zsh_text(row->note);
	putchar(']');
	if (row->arg) {
		if (row->optional)
			putchar(':');
		zsh_values(row->arg, row->values);
	}
	puts("' \\");
}

static void zsh_verb(const struct verb *v)
{
	printf("\t%s)\n\t\t_arguments -s \\\n", *v->name ? v->name : "*");
	for (int i = 0; i < NR_OPTIONS; i++)
		if (takes(v, i))
			zsh_option(i);
	fputs("\t\t'*", stdout);
	if (*v->args)
		zsh_values(v->args, v->values);
	else
		fputs(": :", stdout);
	puts("' ;;");
}

static void put_zsh(void)
{
	puts("#compdef rmapscope\n"
	     "# zsh completion for rmapscope, written by the program\n"
	     "_rmapscope_scenarios() {\n"
	     "\tlocal -a names\n"
	     "\tnames=(${(f)\"$(rmapscope list -q 2>/dev/null)\"})\n"
	     "\tcompadd -a names\n"
	     "\t_files -g '*.lua'\n}\n"
	     "local -a commands\ncommands=(");
	for (const struct verb *v = verb_table; v->name; v++) {
		if (!*v->name || v->hidden)
			continue;
		printf("\t'%s:", v->name);
		zsh_text(v->note);
		puts("'");
	}
	puts(")\n"
	     "local command=$words[2]\n"
	     "(( CURRENT == 2 )) && _describe command commands\n"
	     "case $command in");
	for (const struct verb *v = verb_table + 1; v->name; v++)
		zsh_verb(v);
	zsh_verb(verb_table);
	puts("esac");
}

/* -- fish ----------------------------------------------------------------- */

/* Text in double quotes. */
static void fish_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void fish_values(const char *values)
{
	struct buf b = { 0 };

	add_values(&b, values);
	if (is(values, "@file"))
		fputs(" -F", stdout);
	else if (is(values, "@scenario"))
		fputs(" -F -a '(rmapscope list -q 2>/dev/null)'", stdout);
	else if (*b.data)
		printf(" -a '%s'", b.data);
	buf_free(&b);
}

/* Options of the screen are offered as long as no command was typed, others
 * after the commands that take them. */
static void fish_condition(int option)
{
	const char *between = "";

	fputs("complete -c rmapscope -n '", stdout);
	if (takes(verb_table, option)) {
		fputs("__fish_use_subcommand", stdout);
		between = "; or ";
	}
	for (const struct verb *v = verb_table + 1; v->name; v++)
		if (takes(v, option)) {
			printf("%s__fish_seen_subcommand_from %s", between,
				v->name);
			between = "; or ";
		}
	putchar('\'');
}

static void fish_option(int i)
{
	const struct option_row *row = &option_table[i];

	fish_condition(i);
	if (row->letter)
		printf(" -s %c", row->letter);
	printf(" -l %s -d ", row->name);
	fish_text(row->note);
	if (row->arg && !row->optional)
		fputs(" -r", stdout);
	if (row->arg)
		fish_values(row->values);
	putchar('\n');
}

static void put_fish(void)
{
	puts("# fish completion for rmapscope, written by the program");
	for (const struct verb *v = verb_table; v->name; v++) {
		if (*v->name && !v->hidden) {
			printf("complete -c rmapscope "
			       "-n __fish_use_subcommand -a %s -d ",
				v->name);
			fish_text(v->note);
			putchar('\n');
		}
		if (v->values) {
			printf("complete -c rmapscope -n '%s%s'",
				*v->name ? "__fish_seen_subcommand_from "
					 : "__fish_use_subcommand",
				v->name);
			fish_values(v->values);
			putchar('\n');
		}
	}
	for (int i = 0; i < NR_OPTIONS; i++)
		fish_option(i);
}

int verb_completion(const struct options *o)
{
	static const struct {
		const char *name;
		void (*put)(void);
	} shells[] = {
		{ "bash", put_bash },
		{ "zsh", put_zsh },
		{ "fish", put_fish },
	};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (!strcmp(o->args[0], shells[i].name)) {
			shells[i].put();
			return CLI_OK;
		}
	cli_error(
		"unknown shell \"%s\"; there are bash, zsh, fish", o->args[0]);
	return CLI_USAGE;
}
