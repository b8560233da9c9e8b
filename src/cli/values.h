/* The arguments of options: each checks @value and keeps what it means.  False
 * after a message that names what is allowed. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/cli.h"

bool take_era(struct options *o, const char *value);
bool take_arch(struct options *o, const char *value);
bool take_at(struct options *o, const char *value);
bool take_state(struct options *o, const char *value);
bool take_format(struct options *o, const char *value);
bool take_output(struct options *o, const char *value);
bool take_pane(struct options *o, const char *value);
bool take_range(struct options *o, const char *value);
bool take_cost(struct options *o, const char *value);
bool take_size(struct options *o, const char *value);
bool take_addr(struct options *o, const char *value);
bool take_theme(struct options *o, const char *value);
bool take_lang(struct options *o, const char *value);
bool take_keys(struct options *o, const char *value);
bool take_limit(struct options *o, const char *value);

/* Is the pair of -e and --arch one that exists?  False after a message. */
bool era_arch_fit(const struct options *o);

#endif
