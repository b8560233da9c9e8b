/* Marks a text of a table for translation; the view looks it up when shown. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#define N_(text) (text)

#endif
