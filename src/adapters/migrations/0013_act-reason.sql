-- Why something was put in force, taken out or rolled back, in the words of whoever did it.
alter table policy_activation add column reason text;
alter table code_set_activation add column reason text;
