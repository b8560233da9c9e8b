-- FAILED _itself.lua:1: require: 'itself' requires itself, or failed before (called from require_itself.lua:2)
require "itself"
