-- FAILED require_missing.lua:2: require: no module 'no_such_module' (looked for _no_such_module.lua beside the scenario and in the script folders)
require "no_such_module"
