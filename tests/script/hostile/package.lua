-- FAILED package.lua:2: there is no 'package' here: a script cannot reach the system
package.loadlib("x", "y")
