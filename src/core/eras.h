/* The rows, one file each.  Inside the core only. */
#ifndef CORE_ERAS_H
#define CORE_ERAS_H

#include "core/era.h"

extern const struct era era_2_4;
extern const struct era era_2_6_0;
extern const struct era era_2_6_11;
extern const struct era era_4_0;
extern const struct era era_6_18;

#endif
